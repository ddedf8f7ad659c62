import * as assessment from '#apps/api/dto/assessment'
import * as closing from '#apps/api/dto/closing'
import * as intake from '#apps/api/dto/intake'
import * as lexSarah from '#apps/api/dto/lex-sarah'
import * as measures from '#apps/api/dto/measures'
import * as organisation from '#apps/api/dto/organisation'
import { ReportBody } from '#apps/api/dto/report'
import type { CommandOf, Intent } from '#libs/deviation/commands'
import type { Labels } from '#libs/kernel/event'
import type { OrganisationCommandOf, OrganisationIntent } from '#libs/organisation/commands'

/** One command of the edge: the class of its body and what it is called. A new command is one row here, and its class. */
export interface Entry<T extends object> {
  readonly body: new () => T
  readonly summary: Labels
}
const entry = <T extends object>(body: new () => T, sv: string, en: string): Entry<T> => ({ body, summary: { sv, en } })

/** `POST /v1/deviations` (report) and `POST /v1/deviations/{id}/{intent}`. The compiler holds each class against its command. */
export const deviationIntents: { readonly [I in Intent]: Entry<Omit<CommandOf<I>, 'intent'>> } = {
  report: entry(ReportBody, 'Rapportera', 'Report'),
  supplement: entry(intake.SupplementBody, 'Komplettera rapporten', 'Supplement the report'),
  acknowledge: entry(intake.AcknowledgeBody, 'Bekräfta mottagandet', 'Acknowledge the receipt'),
  'request-diary-number': entry(intake.RequestDiaryNumberBody, 'Begär diarienummer', 'Request a diary number'),
  'assign-diary-number': entry(intake.AssignDiaryNumberBody, 'Diarieför', 'Assign the diary number'),
  'send-to-registrar': entry(intake.SendToRegistrarBody, 'Skicka dokumentationen till registrator', 'Send the documentation to the registrar'),
  'add-note': entry(intake.AddNoteBody, 'Anteckna', 'Add a note'),
  move: entry(intake.MoveBody, 'Flytta till en annan enhet', 'Move to another unit'),
  'record-no-case': entry(intake.RecordNoCaseBody, 'Registrera utan ärende', 'Record as no case'),
  assess: entry(assessment.AssessBody, 'Bedöm', 'Assess'),
  'score-risk': entry(assessment.ScoreRiskBody, 'Bedöm risken', 'Score the risk'),
  'open-investigation': entry(assessment.OpenInvestigationBody, 'Öppna utredning', 'Open an investigation'),
  'complete-investigation': entry(assessment.CompleteInvestigationBody, 'Slutför utredning', 'Complete the investigation'),
  'reopen-investigation': entry(assessment.ReopenInvestigationBody, 'Återuppta utredning', 'Reopen the investigation'),
  'escalate-to-lex-sarah': entry(lexSarah.EscalateToLexSarahBody, 'Lyft som lex Sarah', 'Escalate to lex Sarah'),
  'inform-authority': entry(lexSarah.InformAuthorityBody, 'Registrera att nämnden är underrättad', 'Record that the authority is informed'),
  'take-over-lex-sarah': entry(lexSarah.TakeOverLexSarahBody, 'Ta över som lex Sarah-ansvarig', 'Take over as lex Sarah officer'),
  'decline-lex-sarah': entry(lexSarah.DeclineLexSarahBody, 'Avvisa som lex Sarah', 'Decline as lex Sarah'),
  'appoint-investigator': entry(lexSarah.AppointInvestigatorBody, 'Utse lex Sarah-utredare', 'Appoint a lex Sarah investigator'),
  'propose-degree': entry(lexSarah.ProposeDegreeBody, 'Föreslå grad', 'Propose the degree'),
  'decide-degree': entry(lexSarah.DecideDegreeBody, 'Besluta om grad', 'Decide the degree'),
  'decide-ivo-notification': entry(lexSarah.DecideIvoNotificationBody, 'Besluta om anmälan till IVO', 'Decide on notification to IVO'),
  'record-ivo-sent': entry(lexSarah.RecordIvoSentBody, 'Registrera anmälan som skickad till IVO', 'Record the notification as sent to IVO'),
  'record-ivo-receipt': entry(lexSarah.RecordIvoReceiptBody, 'Registrera kvittens från IVO', 'Record the receipt from IVO'),
  'propose-measure': entry(measures.ProposeMeasureBody, 'Föreslå åtgärd', 'Propose a measure'),
  'set-effect-criterion': entry(measures.SetEffectCriterionBody, 'Sätt effektmått', 'Set the effect criterion'),
  'decide-measures': entry(measures.DecideMeasuresBody, 'Besluta om åtgärder', 'Decide on measures'),
  'decide-no-measures': entry(measures.DecideNoMeasuresBody, 'Besluta att inga åtgärder behövs', 'Decide that no measures are needed'),
  'cancel-measure': entry(measures.CancelMeasureBody, 'Avbryt åtgärd', 'Cancel a measure'),
  'complete-measure': entry(measures.CompleteMeasureBody, 'Registrera åtgärd som genomförd', 'Record a measure as completed'),
  'check-effect': entry(measures.CheckEffectBody, 'Kontrollera effekt', 'Check the effect'),
  'give-feedback': entry(closing.GiveFeedbackBody, 'Ge återkoppling', 'Give feedback'),
  'waive-feedback': entry(closing.WaiveFeedbackBody, 'Avstå från återkoppling', 'Waive feedback'),
  close: entry(closing.CloseBody, 'Avsluta', 'Close'),
  reopen: entry(closing.ReopenBody, 'Återöppna', 'Reopen'),
}

/** `POST /v1/organisation/{intent}`. */
export const organisationIntents: { readonly [I in OrganisationIntent]: Entry<Omit<OrganisationCommandOf<I>, 'intent'>> } = {
  'register-authority': entry(organisation.RegisterAuthorityBody, 'Registrera nämnd', 'Register an authority'),
  'register-provider': entry(organisation.RegisterProviderBody, 'Registrera utförare', 'Register a provider'),
  'register-unit': entry(organisation.RegisterUnitBody, 'Registrera enhet', 'Register a unit'),
  'grant-role': entry(organisation.GrantRoleBody, 'Tilldela roll', 'Grant a role'),
  'confirm-grant': entry(organisation.ConfirmGrantBody, 'Bekräfta rolltilldelning', 'Confirm a grant'),
  'revoke-role': entry(organisation.RevokeRoleBody, 'Återkalla roll', 'Revoke a role'),
}

export const isIntent = (name: string): name is Intent => Object.hasOwn(deviationIntents, name)
export const isOrganisationIntent = (name: string): name is OrganisationIntent => Object.hasOwn(organisationIntents, name)
