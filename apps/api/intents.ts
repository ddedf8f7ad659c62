import * as assessment from '#apps/api/dto/assessment'
import * as closing from '#apps/api/dto/closing'
import * as handover from '#apps/api/dto/handover'
import * as intake from '#apps/api/dto/intake'
import * as ivo from '#apps/api/dto/ivo'
import * as lexMaria from '#apps/api/dto/lex-maria'
import * as lexSarah from '#apps/api/dto/lex-sarah'
import * as measures from '#apps/api/dto/measures'
import * as organisation from '#apps/api/dto/organisation'
import { ConfirmPolicyBody, PublishPolicyBody } from '#apps/api/dto/policy'
import * as protection from '#apps/api/dto/protection'
import { ReportBatchBody, ReportBody } from '#apps/api/dto/report'
import * as routines from '#apps/api/dto/routines'
import type { Beginning, CommandOf, Intent } from '#libs/deviation/commands'
import type { Labels } from '#libs/kernel/event'
import type { OrganisationCommandOf, OrganisationIntent } from '#libs/organisation/commands'
import type { PolicyCommandOf, PolicyIntent } from '#libs/policy/commands'
import type { RoutineCommandOf, RoutineIntent } from '#libs/routines/commands'

/** One command of the edge: the class of its body and what it is called. A new command is one row here, and its class. */
export interface Entry<T extends object> {
  readonly body: new () => T
  readonly summary: Labels
}
const entry = <T extends object>(body: new () => T, sv: string, en: string): Entry<T> => ({ body, summary: { sv, en } })

/** What makes a case has a path of its own, every other command is at `POST /v1/deviations/{id}/{intent}`. The compiler holds each class against its command. */
export const deviationIntents: { readonly [I in Intent]: Entry<Omit<CommandOf<I>, 'intent'>> } = {
  report: entry(ReportBody, 'Rapportera', 'Report'),
  'report-batch': entry(ReportBatchBody, 'Rapportera flera lindriga händelser samlat', 'Report many mild events in a batch'),
  supplement: entry(intake.SupplementBody, 'Komplettera rapporten', 'Supplement the report'),
  'correct-legal-areas': entry(intake.CorrectLegalAreasBody, 'Rätta lagrum', 'Correct the legal areas'),
  acknowledge: entry(intake.AcknowledgeBody, 'Bekräfta mottagandet', 'Acknowledge the receipt'),
  'request-diary-number': entry(intake.RequestDiaryNumberBody, 'Begär diarienummer', 'Request a diary number'),
  'assign-diary-number': entry(intake.AssignDiaryNumberBody, 'Diarieför', 'Assign the diary number'),
  'send-to-registrar': entry(intake.SendToRegistrarBody, 'Skicka dokumentationen till registrator', 'Send the documentation to the registrar'),
  'add-note': entry(intake.AddNoteBody, 'Anteckna', 'Add a note'),
  move: entry(intake.MoveBody, 'Flytta till en annan enhet', 'Move to another unit'),
  'offer-handover': entry(handover.OfferHandoverBody, 'Erbjud överlämning till en annan utförare eller nämnd', 'Offer a hand-over to another provider or authority'),
  'accept-handover': entry(handover.AcceptHandoverBody, 'Ta emot överlämning', 'Accept the hand-over'),
  'decline-handover': entry(handover.DeclineHandoverBody, 'Avböj överlämning', 'Decline the hand-over'),
  'withdraw-handover': entry(handover.WithdrawHandoverBody, 'Återta överlämning', 'Withdraw the hand-over'),
  'declare-conflict': entry(protection.DeclareConflictBody, 'Anmäl jäv', 'Declare a conflict of interest'),
  'lift-conflict': entry(protection.LiftConflictBody, 'Häv jäv', 'Lift a conflict of interest'),
  'record-no-case': entry(intake.RecordNoCaseBody, 'Registrera utan ärende', 'Record as no case'),
  'record-immediate-action': entry(intake.RecordImmediateActionBody, 'Registrera omedelbar åtgärd', 'Record an immediate action'),
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
  'refer-to-lex-maria': entry(lexMaria.ReferToLexMariaBody, 'Lyft som lex Maria', 'Refer to lex Maria'),
  'decide-lex-maria': entry(lexMaria.DecideLexMariaBody, 'Besluta om lex Maria', 'Decide on lex Maria'),
  'inform-patient': entry(lexMaria.InformPatientBody, 'Registrera att patienten är informerad', 'Record that the patient is informed'),
  'waive-patient-information': entry(lexMaria.WaivePatientInformationBody, 'Avstå från att informera patienten', 'Waive the information to the patient'),
  'decide-ivo-notification': entry(ivo.DecideIvoNotificationBody, 'Besluta om anmälan till IVO', 'Decide on notification to IVO'),
  'record-ivo-sent': entry(ivo.RecordIvoSentBody, 'Registrera anmälan som skickad till IVO', 'Record the notification as sent to IVO'),
  'record-ivo-receipt': entry(ivo.RecordIvoReceiptBody, 'Registrera kvittens från IVO', 'Record the receipt from IVO'),
  'record-ivo-investigation-sent': entry(ivo.RecordIvoInvestigationSentBody, 'Registrera utredningen som skickad till IVO', 'Record the investigation as sent to IVO'),
  'record-ivo-request': entry(ivo.RecordIvoRequestBody, 'Registrera begäran från IVO', 'Record a request from IVO'),
  'record-ivo-supplement': entry(ivo.RecordIvoSupplementBody, 'Registrera komplettering som skickad till IVO', 'Record a supplement as sent to IVO'),
  'record-ivo-extension': entry(ivo.RecordIvoExtensionBody, 'Registrera anstånd från IVO', 'Record an extension from IVO'),
  'record-ivo-decision': entry(ivo.RecordIvoDecisionBody, 'Registrera beslut från IVO', 'Record the decision from IVO'),
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
  reassign: entry(handover.ReassignBody, 'Omfördela alla ärenden från ett uppdrag till ett annat', 'Reassign every case from one seat to another'),
  'extend-deadline': entry(closing.ExtendDeadlineBody, 'Ge en frist mer tid', 'Extend a deadline'),
  'restrict-access': entry(protection.RestrictAccessBody, 'Begränsa åtkomst', 'Restrict access'),
  'lift-access-restriction': entry(protection.LiftAccessRestrictionBody, 'Häv begränsad åtkomst', 'Lift the access restriction'),
  'place-legal-hold': entry(protection.PlaceLegalHoldBody, 'Sätt gallringsstopp', 'Place a legal hold'),
  'lift-legal-hold': entry(protection.LiftLegalHoldBody, 'Häv gallringsstopp', 'Lift the legal hold'),
}
/** Paths of the commands that make a case, and so name none. */
export const beginnings: { readonly [I in Beginning['intent']]: string } = { report: '/v1/deviations', 'report-batch': '/v1/deviations/report-batch' }

/** `POST /v1/organisation/{intent}`. */
export const organisationIntents: { readonly [I in OrganisationIntent]: Entry<Omit<OrganisationCommandOf<I>, 'intent'>> } = {
  'register-authority': entry(organisation.RegisterAuthorityBody, 'Registrera nämnd', 'Register an authority'),
  'register-provider': entry(organisation.RegisterProviderBody, 'Registrera utförare', 'Register a provider'),
  'register-unit': entry(organisation.RegisterUnitBody, 'Registrera enhet', 'Register a unit'),
  'rename-unit': entry(organisation.RenameUnitBody, 'Byt namn på enhet', 'Rename a unit'),
  'move-unit': entry(organisation.MoveUnitBody, 'Flytta enhet', 'Move a unit'),
  'merge-units': entry(organisation.MergeUnitsBody, 'Slå samman enheter', 'Merge units'),
  'split-unit': entry(organisation.SplitUnitBody, 'Dela enhet', 'Split a unit'),
  'close-unit': entry(organisation.CloseUnitBody, 'Avsluta enhet', 'Close a unit'),
  'grant-role': entry(organisation.GrantRoleBody, 'Tilldela roll', 'Grant a role'),
  'confirm-grant': entry(organisation.ConfirmGrantBody, 'Bekräfta rolltilldelning', 'Confirm a grant'),
  'revoke-role': entry(organisation.RevokeRoleBody, 'Återkalla roll', 'Revoke a role'),
  'appoint-substitute': entry(organisation.AppointSubstituteBody, 'Utse vikarie', 'Appoint a substitute'),
  'end-service': entry(organisation.EndServiceBody, 'Avsluta tjänstgöring', 'End a service'),
  'open-calendar-feed': entry(organisation.OpenCalendarFeedBody, 'Öppna en kalenderprenumeration', 'Open a calendar feed'),
  'close-calendar-feed': entry(organisation.CloseCalendarFeedBody, 'Stäng en kalenderprenumeration', 'Close a calendar feed'),
}

/** `POST /v1/policy/{intent}`. */
export const policyIntents: { readonly [I in PolicyIntent]: Entry<Omit<PolicyCommandOf<I>, 'intent'>> } = {
  publish: entry(PublishPolicyBody, 'Publicera en version av regelverket', 'Publish a version of the policy'),
  confirm: entry(ConfirmPolicyBody, 'Bekräfta en version av regelverket', 'Confirm a version of the policy'),
}

/** `POST /v1/routines` (register) and `POST /v1/routines/{id}/{intent}`. */
export const routineIntents: { readonly [I in RoutineIntent]: Entry<Omit<RoutineCommandOf<I>, 'intent'>> } = {
  'register-routine': entry(routines.RegisterRoutineBody, 'Registrera en rutin', 'Register a routine'),
  revise: entry(routines.ReviseRoutineBody, 'Revidera rutinen', 'Revise the routine'),
  'analyse-risk': entry(routines.AnalyseRoutineRiskBody, 'Gör en riskanalys av rutinen', 'Make a risk analysis of the routine'),
  'plan-self-check': entry(routines.PlanSelfCheckBody, 'Planera egenkontroll av rutinen', 'Plan the self-check of the routine'),
  'record-self-check': entry(routines.RecordSelfCheckBody, 'Registrera en genomförd egenkontroll', 'Record a self-check that was performed'),
  'change-owner': entry(routines.ChangeRoutineOwnerBody, 'Byt ägare av rutinen', 'Change the owner of the routine'),
  end: entry(routines.EndRoutineBody, 'Avsluta rutinen', 'End the routine'),
}

/** The command on many cases has a path of its own as well, and names none. */
export const reassignPath = '/v1/deviations/reassign'

export const isBeginning = (intent: Intent): intent is Beginning['intent'] => Object.hasOwn(beginnings, intent)
export const isIntent = (name: string): name is Intent => Object.hasOwn(deviationIntents, name)
export const isOrganisationIntent = (name: string): name is OrganisationIntent => Object.hasOwn(organisationIntents, name)
export const isRoutineIntent = (name: string): name is RoutineIntent => Object.hasOwn(routineIntents, name)
export const isPolicyIntent = (name: string): name is PolicyIntent => Object.hasOwn(policyIntents, name)
