import type { ReasonCode } from '#libs/deviation/reasons'
import type { Labels } from '#libs/kernel/event'
import type { OrganisationReasonCode } from '#libs/organisation/commands'

/** Why a command on a case is refused, and what to do next. The compiler finds a code without a sentence. */
export const caseReasons: Readonly<Record<ReasonCode, Labels>> = {
  'not-assessed': { sv: 'Ärendet är inte bedömt. Bedöm varje grupp som lagrummen omfattar.', en: 'The case is not assessed. Assess each group that the legal areas cover.' },
  'not-scored': { sv: 'Risken är inte bedömd. Ange allvarlighetsgrad och sannolikhet.', en: 'The risk is not scored. Give severity and likelihood.' },
  'investigation-required': { sv: 'Här krävs en utredning. Öppna den.', en: 'An investigation is required here. Open it.' },
  'investigation-not-completed': { sv: 'Utredningen är inte slutförd. Slutför den.', en: 'The investigation is not completed. Complete it.' },
  'suspicion-unresolved': {
    sv: 'En misstanke om missförhållande står kvar. Lyft den som lex Sarah, eller bedöm på nytt med motivering.',
    en: 'A suspicion of misconduct stands. Escalate it to lex Sarah, or assess anew with a motivation.',
  },
  'care-injury-unresolved': {
    sv: 'En misstanke om vårdskada står kvar. Lämna den till medicinskt ansvarig, eller bedöm på nytt med motivering.',
    en: 'A suspicion of care injury stands. Refer it to the medical officer, or assess anew with a motivation.',
  },
  'authority-not-informed': {
    sv: 'Nämnden är inte underrättad om lex Sarah-rapporten. Underrätta nämnden och registrera det.',
    en: 'The authority is not informed of the lex Sarah report. Inform the authority and record it.',
  },
  'lex-sarah-undecided': {
    sv: 'Lex Sarah är inte avgjord. Vänta på beslut om grad, eller på att lex Sarah-ansvarig avvisar.',
    en: 'Lex Sarah is not settled. Wait for the decision on the degree, or for the officer to decline.',
  },
  'ivo-decision-missing': { sv: 'Beslut om anmälan till IVO saknas. Besluta om anmälan.', en: 'The decision on notification to IVO is missing. Decide on it.' },
  'ivo-not-sent': { sv: 'Anmälan till IVO är inte registrerad som skickad. Skicka den och registrera det.', en: 'The notification to IVO is not recorded as sent. Send it and record it.' },
  'ivo-receipt-missing': { sv: 'Kvittensen från IVO saknas. Registrera den.', en: 'The receipt from IVO is missing. Record it.' },
  'measures-undecided': {
    sv: 'Varken åtgärder eller beslut om inga åtgärder finns. Föreslå åtgärder, eller besluta att inga behövs.',
    en: 'There are neither measures nor a decision on none. Propose measures, or decide that none are needed.',
  },
  'measure-undecided': { sv: 'En föreslagen åtgärd väntar på beslut. Besluta om den.', en: 'A proposed measure awaits a decision. Decide on it.' },
  'measure-not-completed': { sv: 'En beslutad åtgärd är inte genomförd. Genomför eller avbryt den.', en: 'An approved measure is not completed. Complete or cancel it.' },
  'effect-criterion-missing': { sv: 'Åtgärden saknar effektmått. Sätt ett innan åtgärden genomförs.', en: 'The measure has no effect criterion. Set one before it is completed.' },
  'effect-not-checked': { sv: 'Åtgärdens effekt är inte kontrollerad. Kontrollera den.', en: 'The effect of the measure is not checked. Check it.' },
  'feedback-missing': { sv: 'Återkoppling saknas. Ge återkoppling, eller avstå med skäl.', en: 'Feedback is missing. Give it, or waive it with a reason.' },
  'acknowledgement-missing': { sv: 'Mottagandet är inte bekräftat. Bekräfta det.', en: 'The receipt is not acknowledged. Acknowledge it.' },
  'answer-missing': { sv: 'Den som klagat har inte fått svar. Svara, eller avstå med skäl.', en: 'The complainant has no answer. Answer, or waive it with a reason.' },
  'not-sent-to-registrar': { sv: 'Dokumentationen är inte skickad till registrator. Skicka den.', en: 'The documentation is not sent to the registrar. Send it.' },
  closed: { sv: 'Ärendet är avslutat. Återöppna det om något behöver ändras.', en: 'The case is closed. Reopen it if something must change.' },
  'not-closed': { sv: 'Ärendet är inte avslutat. Fortsätt i det som det är.', en: 'The case is not closed. Go on with it as it is.' },
  'no-case': { sv: 'Rapporten är registrerad utan ärende. Återöppna den om den ska handläggas.', en: 'The report is recorded as no case. Reopen it if it is to be handled.' },
  'acknowledged-already': { sv: 'Mottagandet är redan bekräftat. Komplettera med en anteckning om det behövs.', en: 'The receipt is acknowledged already. Add a note if needed.' },
  'diary-number-requested-already': { sv: 'Diarienummer är redan begärt. Vänta på registrator.', en: 'A diary number is requested already. Wait for the registrar.' },
  'diary-number-assigned-already': { sv: 'Ärendet har redan ett diarienummer. Använd det.', en: 'The case has a diary number already. Use it.' },
  'unit-unchanged': { sv: 'Ärendet ligger redan på enheten. Välj en annan enhet.', en: 'The case is at that unit already. Choose another unit.' },
  'other-provider': {
    sv: 'Enheten hör till en annan utförare eller nämnd. Välj en enhet i den egna organisationen.',
    en: 'The unit belongs to another provider or authority. Choose a unit of your own.',
  },
  'group-not-in-legal-areas': { sv: 'Gruppen hör inte till ärendets lagrum. Välj den andra gruppen.', en: 'The group is not among the legal areas of the case. Choose the other group.' },
  'outcome-not-of-group': { sv: 'Utfallet hör inte till gruppen. Välj ett annat utfall eller en annan grupp.', en: 'The outcome does not belong to the group. Choose another outcome or group.' },
  'motivation-required': { sv: 'Bedömningen är lägre än den förra. Motivera varför.', en: 'The assessment is lower than the one before. Say why.' },
  'conflict-of-interest': {
    sv: 'Den som rapporterat bedömer inte sin egen rapport. Låt närmast överordnad chef bedöma.',
    en: 'The reporter does not assess the own report. Let the next manager up assess it.',
  },
  'investigation-open-already': { sv: 'En utredning pågår redan. Fortsätt i den.', en: 'An investigation is open already. Go on with it.' },
  'investigation-locked': { sv: 'Utredningen är slutförd och låst. Återuppta den först.', en: 'The investigation is completed and locked. Reopen it first.' },
  'lex-sarah-not-escalated': { sv: 'Ärendet är inte lyft som lex Sarah. Lyft det först.', en: 'The case is not escalated to lex Sarah. Escalate it first.' },
  'lex-sarah-escalated-already': { sv: 'Ärendet är redan lyft som lex Sarah. Vänta på lex Sarah-ansvarig.', en: 'The case is escalated to lex Sarah already. Wait for the officer.' },
  'lex-sarah-not-taken-over': { sv: 'Lex Sarah-ansvarig har inte tagit över ärendet. Ta över det först.', en: 'The lex Sarah officer has not taken the case over. Take it over first.' },
  'lex-sarah-taken-over-already': { sv: 'Ärendet är redan övertaget. Fortsätt i det.', en: 'The case is taken over already. Go on with it.' },
  'lex-sarah-has-the-case': { sv: 'Lex Sarah-ansvarig har ärendet. Vänta tills det lämnas tillbaka.', en: 'The lex Sarah officer has the case. Wait until it is returned.' },
  'lex-sarah-needs-social-law': { sv: 'Lex Sarah gäller SoL och LSS. Ärendet har inget av lagrummen.', en: 'Lex Sarah concerns SoL and LSS. The case has neither among its legal areas.' },
  'investigator-not-appointed': { sv: 'Ingen lex Sarah-utredare är utsedd. Utse en först.', en: 'No lex Sarah investigator is appointed. Appoint one first.' },
  'not-an-investigator': {
    sv: 'Personen är inte lex Sarah-utredare på enheten. Utse någon som har rollen.',
    en: 'The person is not a lex Sarah investigator at the unit. Appoint somebody who holds the role.',
  },
  'degree-not-proposed': { sv: 'Ingen grad är föreslagen. Vänta på utredarens förslag.', en: 'No degree is proposed. Wait for the proposal of the investigator.' },
  'decider-is-proposer': { sv: 'Den som föreslagit graden beslutar inte om den. Låt en annan beslutsfattare besluta.', en: 'Whoever proposed the degree does not decide it. Let another decision-maker decide.' },
  'degree-requires-notification': {
    sv: 'Ett allvarligt missförhållande, eller en påtaglig risk för det, ska anmälas till IVO. Besluta att anmäla.',
    en: 'Serious misconduct, or a tangible risk of it, must be notified to IVO. Decide to notify.',
  },
  'misconduct-decided': { sv: 'Graden av missförhållande är beslutad och står fast. Fortsätt med åtgärderna.', en: 'The degree of misconduct is decided and stands. Go on with the measures.' },
  'ivo-not-decided': { sv: 'Det finns inget beslut att anmäla till IVO. Besluta om anmälan först.', en: 'There is no decision to notify IVO. Decide on it first.' },
  'ivo-sent-already': { sv: 'Anmälan till IVO är redan registrerad som skickad. Registrera kvittensen i stället.', en: 'The notification is recorded as sent already. Record the receipt instead.' },
  'ivo-receipt-already': { sv: 'Kvittensen från IVO är redan registrerad. Inget mer behövs.', en: 'The receipt from IVO is recorded already. Nothing more is needed.' },
  'not-a-private-provider': {
    sv: 'Enheten hör inte till en enskild utförare. Nämnden behöver inte underrättas särskilt.',
    en: 'The unit does not belong to a private provider. The authority need not be informed separately.',
  },
  'authority-informed-already': { sv: 'Nämnden är redan underrättad. Inget mer behövs.', en: 'The authority is informed already. Nothing more is needed.' },
  'measure-unknown': { sv: 'Åtgärden finns inte i ärendet. Kontrollera dess id.', en: 'There is no such measure in the case. Check its id.' },
  'measure-exists': { sv: 'En åtgärd med samma id finns redan. Välj ett annat id.', en: 'A measure with the same id exists already. Choose another id.' },
  'measure-decided-already': { sv: 'Åtgärden är redan beslutad. Avbryt den eller föreslå en ny.', en: 'The measure is decided already. Cancel it or propose a new one.' },
  'measure-not-approved': { sv: 'Åtgärden är inte godkänd. Föreslå en ny åtgärd.', en: 'The measure is not approved. Propose a new one.' },
  'measure-ended': { sv: 'Åtgärden är avslutad. Föreslå en ny om det behövs.', en: 'The measure has ended. Propose a new one if needed.' },
  'measure-replaced-already': { sv: 'Åtgärden är redan ersatt. Utgå från den som ersatte den.', en: 'The measure is replaced already. Start from the one that replaced it.' },
  'nothing-to-measure': { sv: 'Det finns inget att besluta om åtgärder för. Bedöm ärendet först.', en: 'There is nothing to take measures for. Assess the case first.' },
  'feedback-given-already': { sv: 'Återkoppling är redan given till mottagaren. Inget mer behövs.', en: 'The receiver has feedback already. Nothing more is needed.' },
  'feedback-waived-already': { sv: 'Återkoppling till mottagaren är redan avstådd. Inget mer behövs.', en: 'Feedback to the receiver is waived already. Nothing more is needed.' },
  'sent-to-registrar-already': { sv: 'Dokumentationen är redan skickad till registrator. Inget mer behövs.', en: 'The documentation is sent to the registrar already. Nothing more is needed.' },
  'only-officer-closes': { sv: 'Bara lex Sarah-ansvarig avslutar eller återöppnar detta ärende. Lämna det till denne.', en: 'Only the lex Sarah officer closes or reopens this case. Leave it to the officer.' },
  'outcome-disagrees': { sv: 'Utfallet stämmer inte med bedömningar och beslut. Ange det utfall som de leder till.', en: 'The outcome disagrees with the assessments and decisions. Give the one that follows from them.' },
  'duplicate-of-itself': { sv: 'Ärendet kan inte vara en dubblett av sig självt. Ange det tidigare ärendet.', en: 'A case cannot duplicate itself. Name the earlier case.' },
  'duplicate-not-earlier': { sv: 'Det andra ärendet är senare. Registrera det som dubblett av detta i stället.', en: 'The other case is later. Record it as a duplicate of this one instead.' },
  'duplicate-of-no-case': { sv: 'Det andra ärendet är självt registrerat utan ärende. Ange ett annat.', en: 'The other case is itself recorded as no case. Name another.' },
  'duplicate-not-escalated': {
    sv: 'Det andra ärendet har inte lyfts som lex Sarah. Ange ett som har det, eller utred detta.',
    en: 'The other case was never escalated to lex Sarah. Name one that was, or investigate this one.',
  },
  'duplicate-unknown': { sv: 'Det tidigare ärendet finns inte, eller så får du inte se det. Kontrollera dess id.', en: 'The earlier case does not exist, or you may not see it. Check its id.' },
}

/** Why a command on the organisation is refused, and what to do next. */
export const organisationReasons: Readonly<Record<OrganisationReasonCode, Labels>> = {
  'unit-exists': { sv: 'En enhet med samma id finns redan. Välj ett annat id.', en: 'A unit with the same id exists already. Choose another id.' },
  'role-to-oneself': { sv: 'Ingen tilldelar sig själv en roll. Låt en annan administratör göra det.', en: 'Nobody grants a role to themselves. Let another administrator do it.' },
  'role-not-at-municipality': { sv: 'Rollen hålls inte över hela kommunen. Välj en nämnd, en utförare eller en enhet.', en: 'The role is not held over the whole municipality. Choose an authority, a provider or a unit.' },
  'grant-in-force': { sv: 'Personen har redan rollen där. Återkalla den först om något ska ändras.', en: 'The person holds the role there already. Revoke it first if something is to change.' },
  'grant-unknown': { sv: 'Rolltilldelningen finns inte. Kontrollera dess id.', en: 'There is no such grant. Check its id.' },
  'grant-confirmed-already': { sv: 'Rolltilldelningen är redan bekräftad. Inget mer behövs.', en: 'The grant is confirmed already. Nothing more is needed.' },
  'grant-ended': { sv: 'Rolltilldelningen har upphört. Tilldela rollen på nytt om den behövs.', en: 'The grant has ended. Grant the role anew if it is needed.' },
  'grant-ends-earlier': { sv: 'Rolltilldelningen slutar redan tidigare. Ange ett tidigare slut.', en: 'The grant already ends earlier. Give an earlier end.' },
  'last-over-municipality': {
    sv: 'Ingen annan har rollen över hela kommunen. Tilldela den någon annan och låt den bekräftas först.',
    en: 'Nobody else holds the role over the whole municipality. Grant it to another and have it confirmed first.',
  },
  'confirmer-granted': { sv: 'Den som tilldelat rollen bekräftar den inte. Låt en annan person bekräfta (fyra ögon).', en: 'Whoever granted the role does not confirm it. Let another person confirm (four eyes).' },
  'confirmer-receives': { sv: 'Ingen bekräftar sin egen roll. Låt en annan person bekräfta.', en: 'Nobody confirms their own role. Let another person confirm.' },
  'confirmation-not-needed': { sv: 'Rollen gäller utan bekräftelse. Inget mer behövs.', en: 'The role is in force without confirmation. Nothing more is needed.' },
  'until-before-from': { sv: 'Rollen slutar innan den börjar. Byt datum.', en: 'The role ends before it starts. Change the dates.' },
  'organisation-not-empty': {
    sv: 'Organisationen har redan en första administratör. Låt denne tilldela roller.',
    en: 'The organisation has its first administrator already. Let the administrator grant roles.',
  },
  'confirmer-is-admin': { sv: 'Administratören och den som bekräftar är samma person. Ange två olika.', en: 'The administrator and the confirmer are the same person. Name two.' },
}
/** Why the demonstration refuses. */
const demoReasons: Readonly<Record<'log-not-empty', Labels>> = {
  'log-not-empty': { sv: 'Loggen innehåller redan annat. Börja med en tom datamapp.', en: 'The log holds something else already. Start with an empty data folder.' },
}

const general: Labels = { sv: 'Reglerna säger nej. Läs ärendet igen och välj ett annat steg.', en: 'The rules say no. Read the case again and choose another step.' }
const all: ReadonlyMap<string, Labels> = new Map(Object.entries({ ...caseReasons, ...organisationReasons, ...demoReasons }))
/** The sentence of a reason by its code. */
export const reasonSentence = (code: string): Labels => all.get(code) ?? general
