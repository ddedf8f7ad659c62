import type { ReasonCode } from '#libs/deviation/reasons'
import type { Labels } from '#libs/kernel/event'
import type { OrganisationReasonCode } from '#libs/organisation/commands'
import type { PolicyReasonCode } from '#libs/policy/commands'
import type { RoutineReasonCode } from '#libs/routines/reasons'

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
    sv: 'En misstanke om vårdskada står kvar. Lyft den som lex Maria, eller bedöm på nytt med motivering.',
    en: 'A suspicion of care injury stands. Refer it to lex Maria, or assess anew with a motivation.',
  },
  'lex-maria-undecided': { sv: 'Lex Maria är inte avgjord. Vänta på beslut av medicinskt ansvarig.', en: 'Lex Maria is not settled. Wait for the decision of the medical officer.' },
  'patient-not-informed': { sv: 'Patienten är inte informerad. Informera patienten, eller avstå med skäl.', en: 'The patient is not informed. Inform the patient, or waive it with a reason.' },
  'handover-pending': { sv: 'En överlämning väntar på svar. Vänta på mottagaren, eller återta den.', en: 'A hand-over awaits its answer. Wait for the receiver, or withdraw it.' },
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
    sv: 'Enheten hör till en annan utförare eller nämnd. Välj en enhet i den egna organisationen, eller erbjud en överlämning.',
    en: 'The unit belongs to another provider or authority. Choose a unit of your own, or offer a hand-over.',
  },
  'same-provider': { sv: 'Enheten hör till samma utförare eller nämnd. Flytta ärendet i stället.', en: 'The unit belongs to the same provider or authority. Move the case instead.' },
  'handover-not-pending': { sv: 'Ingen överlämning väntar på svar. Erbjud en först.', en: 'No hand-over awaits an answer. Offer one first.' },
  'legal-areas-unchanged': { sv: 'Ärendet har redan de lagrummen. Ange andra.', en: 'The case has those legal areas already. Give others.' },
  'group-not-in-legal-areas': { sv: 'Gruppen hör inte till ärendets lagrum. Välj den andra gruppen.', en: 'The group is not among the legal areas of the case. Choose the other group.' },
  'outcome-not-of-group': { sv: 'Utfallet hör inte till gruppen. Välj ett annat utfall eller en annan grupp.', en: 'The outcome does not belong to the group. Choose another outcome or group.' },
  'motivation-required': { sv: 'Bedömningen är lägre än den förra. Motivera varför.', en: 'The assessment is lower than the one before. Say why.' },
  'conflict-of-interest': {
    sv: 'Ingen bedömer sin egen rapport eller handlägger ett ärende där hon är i jäv. Låt närmast överordnad göra det.',
    en: 'Nobody assesses her own report or handles a case in which she is in conflict of interest. Let the next level up do it.',
  },
  'conflict-declared-already': { sv: 'Personens jäv är redan anmält. Inget mer behövs.', en: "The person's conflict of interest is declared already. Nothing more is needed." },
  'no-conflict': { sv: 'Personen är inte i jäv i ärendet. Kontrollera inloggningen.', en: 'The person is not in conflict of interest in the case. Check the login.' },
  'holds-no-role-here': { sv: 'Personen har ingen roll som handlägger ärendet. Kontrollera inloggningen.', en: 'The person holds no role that handles the case. Check the login.' },
  'nobody-above': {
    sv: 'Ingen överordnad kan ta vid. Tilldela rollen även någon annan innan jävet anmäls.',
    en: 'Nobody above can take over. Grant the role to another as well before the conflict is declared.',
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
  'ivo-investigation-sent-already': { sv: 'Utredningen är redan registrerad som skickad till IVO. Inget mer behövs.', en: 'The investigation is recorded as sent to IVO already. Nothing more is needed.' },
  'ivo-no-request': { sv: 'Ingen sådan begäran från IVO väntar på svar. Registrera begäran först.', en: 'No such request from IVO awaits an answer. Record the request first.' },
  'ivo-decision-received-already': { sv: 'IVO:s beslut är redan registrerat. Inget mer behövs.', en: "IVO's decision is recorded already. Nothing more is needed." },
  'not-at-an-authority': {
    sv: 'Anmälan om brister hos enskild verksamhet är nämndens, och ärendet ligger hos en utförare. Överlämna det till nämnden först.',
    en: 'A notification on a deficient private operator is that of the authority, and the case lies with a provider. Hand it over to the authority first.',
  },
  'lex-maria-needs-health-law': { sv: 'Lex Maria gäller HSL, som inte hör till ärendets lagrum. Rätta lagrummen om det är fel.', en: 'Lex Maria concerns HSL, which is not among the legal areas of the case. Correct them if that is wrong.' },
  'lex-maria-referred-already': { sv: 'Ärendet är redan lyft som lex Maria. Vänta på medicinskt ansvarig.', en: 'The case is referred to lex Maria already. Wait for the medical officer.' },
  'lex-maria-not-referred': { sv: 'Ärendet är inte lyft som lex Maria. Lyft det först.', en: 'The case is not referred to lex Maria. Refer it first.' },
  'lex-maria-decided-otherwise': { sv: 'Beslutet om lex Maria säger något annat. Ändra det beslutet först.', en: 'The decision on lex Maria says otherwise. Change that decision first.' },
  'patient-informed-already': { sv: 'Patienten är redan informerad. Inget mer behövs.', en: 'The patient is informed already. Nothing more is needed.' },
  'patient-information-waived-already': { sv: 'Information till patienten är redan avstådd. Inget mer behövs.', en: 'Information to the patient is waived already. Nothing more is needed.' },
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
  'access-restricted': { sv: 'Åtkomsten till ärendet är begränsad. Vänd dig till den som ansvarar för det.', en: 'Access to the case is restricted. Turn to whoever is responsible for it.' },
  'access-restricted-already': { sv: 'Åtkomsten är redan begränsad. Häv begränsningen om något ska ändras.', en: 'Access is restricted already. Lift the restriction if something is to change.' },
  'access-not-restricted': { sv: 'Åtkomsten är inte begränsad. Inget behöver hävas.', en: 'Access is not restricted. Nothing needs to be lifted.' },
  'legal-hold-already': { sv: 'Gallringsstopp gäller redan. Inget mer behövs.', en: 'A legal hold is in force already. Nothing more is needed.' },
  'no-legal-hold': { sv: 'Inget gallringsstopp gäller. Inget behöver hävas.', en: 'No legal hold is in force. Nothing needs to be lifted.' },
  'deadline-ended': { sv: 'Fristen löper inte längre. Inget behöver flyttas.', en: 'The deadline no longer runs. Nothing needs to be moved.' },
  'deadline-never-moves': { sv: 'Lagen kräver att detta görs genast eller snarast, så fristen flyttas aldrig. Gör det som återstår.', en: 'The law wants this done at once, so the deadline never moves. Do what remains.' },
  'deadline-is-ivos': { sv: 'Dagen är IVO:s. Begär anstånd och registrera det.', en: 'The day is set by IVO. Ask for an extension and record it.' },
  'deadline-not-later': { sv: 'Den nya dagen är inte senare än den som gäller. Ange en senare dag.', en: 'The new day is no later than the one in force. Give a later day.' },
  'receiver-in-conflict': {
    sv: 'Den som skulle ta över är jävig i ärendet, eller så gäller det henne. Välj någon annan.',
    en: 'Whoever would take it over is in conflict of interest in the case, or it concerns her. Choose somebody else.',
  },
  'not-read-whole': { sv: 'Du får inte läsa hela ärendet. Be någon som får det att omfördela det.', en: 'You may not read the whole case. Ask somebody who may to reassign it.' },
  'case-busy': { sv: 'Ärendet ändrades hela tiden av andra. Skicka igen med samma nyckel.', en: 'Others kept changing the case. Send again with the same key.' },
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
  'unit-ended': {
    sv: 'Enheten har upphört: den är sammanslagen, delad eller avslutad. Välj en enhet som finns kvar.',
    en: 'The unit has ended: it was merged, split or closed. Choose a unit that stands.',
  },
  'municipality-stands': {
    sv: 'Kommunen är organisationens rot och ändras inte. Välj en nämnd, en utförare eller en enhet.',
    en: 'The municipality is the root of the organisation and does not change. Choose an authority, a provider or a unit.',
  },
  'root-stands': {
    sv: 'En nämnd eller utförare flyttas inte, delas inte och går inte upp i något annat. Välj enheter under den.',
    en: 'An authority or provider is not moved, split or merged away. Choose units below it.',
  },
  'name-unchanged': { sv: 'Enheten heter redan så. Ange ett annat namn.', en: 'The unit is called that already. Give another name.' },
  'parent-unchanged': { sv: 'Enheten ligger redan där. Välj en annan överordnad enhet.', en: 'The unit hangs there already. Choose another parent.' },
  'unit-below-itself': { sv: 'En enhet kan inte ligga under sig själv. Välj en enhet som inte ligger under den.', en: 'A unit cannot lie below itself. Choose a unit that is not below it.' },
  'between-providers': {
    sv: 'Gränsen mellan nämnd och utförare, eller mellan utförare, flyttas ingen enhet över. Lämna över ärendena i stället.',
    en: 'No unit moves over the boundary between authority and provider, or between providers. Hand the cases over instead.',
  },
  'different-roots': {
    sv: 'Enheterna hör till olika nämnder eller utförare. Slå samman enheter inom en och samma.',
    en: 'The units belong to different authorities or providers. Merge units within one of them.',
  },
  'too-few-units': { sv: 'Här behövs minst två olika enheter. Ange fler.', en: 'At least two different units are needed here. Name more.' },
  'sub-units-open': { sv: 'Enheten har underenheter. Flytta eller avsluta dem först.', en: 'The unit has sub-units. Move or close them first.' },
  'nobody-stands-in': {
    sv: 'Ingen skulle ansvara för ärendena där. Tilldela först en chef eller beslutsfattare som når enheten och låt rollen bekräftas.',
    en: 'Nobody would answer for the cases there. First grant a manager or decision-maker who reaches the unit, and have the role confirmed.',
  },
  'grant-not-confirmed': { sv: 'Rolltilldelningen väntar på bekräftelse. Låt den bekräftas först.', en: 'The grant awaits confirmation. Have it confirmed first.' },
  'grant-is-substitution': {
    sv: 'Rolltilldelningen är själv ett vikariat. Återkalla det och utse en vikarie för den ordinarie.',
    en: 'The grant is itself a substitution. Revoke it and appoint a substitute for the regular holder.',
  },
  'substitute-is-holder': { sv: 'Ingen vikarierar för sig själv. Utse en annan person.', en: 'Nobody substitutes for themselves. Appoint another person.' },
  'substitution-outside-grant': {
    sv: 'Rolltilldelningen gäller inte under hela perioden. Ange en period inom den.',
    en: 'The grant is not in force for the whole period. Give a period within it.',
  },
  'substitution-overlaps': {
    sv: 'En annan vikarie är utsedd under en del av perioden. Ange en annan period eller återkalla det vikariatet.',
    en: 'Another substitute is appointed for a part of the period. Give another period, or revoke that substitution.',
  },
  'service-not-found': { sv: 'Personen har ingen roll som kan avslutas. Kontrollera inloggningen.', en: 'The person holds no role that could end. Check the login.' },
  'service-ends-earlier': { sv: 'Personens roller slutar redan tidigare. Ange ett tidigare slut.', en: 'The roles of the person already end earlier. Give an earlier end.' },
  'grant-not-in-force': { sv: 'Rolltilldelningen gäller inte nu. Vänta tills den är bekräftad och har börjat, eller välj en annan.', en: 'The grant is not in force now. Wait until it is confirmed and has begun, or choose another.' },
  'role-without-deadlines': { sv: 'Inga frister ligger på den rollen. Välj en rolltilldelning som har frister.', en: 'No deadlines lie with that role. Choose a grant that has deadlines.' },
  'feed-open-already': { sv: 'Du har redan en öppen kalenderprenumeration för den rollen. Stäng den först om adressen ska bytas.', en: 'You already have an open calendar feed for that role. Close it first if its address is to change.' },
  'feed-unknown': { sv: 'Kalenderprenumerationen finns inte. Kontrollera dess id.', en: 'There is no such calendar feed. Check its id.' },
  'feed-closed-already': { sv: 'Kalenderprenumerationen är redan stängd. Inget mer behövs.', en: 'The calendar feed is closed already. Nothing more is needed.' },
}
/** Why a command on the policy is refused, and what to do next. */
export const policyReasons: Readonly<Record<PolicyReasonCode, Labels>> = {
  'policy-exists': { sv: 'Det finns redan en version med samma id. Välj ett annat id.', en: 'There is a version with the same id already. Choose another id.' },
  'policy-from-past': { sv: 'Ett regelverk gäller aldrig bakåt i tiden. Ange en tidpunkt från och med nu.', en: 'A policy never works backwards. Give an instant from now on.' },
  'policy-unknown': { sv: 'Versionen är inte publicerad. Kontrollera dess id.', en: 'The version is not published. Check its id.' },
  'policy-confirmed-already': { sv: 'Versionen är redan bekräftad. Inget mer behövs.', en: 'The version is confirmed already. Nothing more is needed.' },
  'confirmer-published': { sv: 'Den som publicerat versionen bekräftar den inte. Låt en annan person bekräfta (fyra ögon).', en: 'Whoever published the version does not confirm it. Let another person confirm (four eyes).' },
}
/** Why a command on a routine is refused, and what to do next. */
export const routineReasons: Readonly<Record<RoutineReasonCode, Labels>> = {
  'routine-exists': { sv: 'En rutin med samma id finns redan. Välj ett annat id.', en: 'A routine with the same id exists already. Choose another id.' },
  'routine-ended': { sv: 'Rutinen har upphört. Använd den som ersatte den, eller registrera en ny.', en: 'The routine has ended. Use the one that replaced it, or register a new one.' },
  'case-unknown': { sv: 'Ärendet finns inte, eller så får du inte se det. Kontrollera dess id.', en: 'The case does not exist, or you may not see it. Check its id.' },
  'measure-unknown': caseReasons['measure-unknown'],
  'measure-of-other-routine': { sv: 'Åtgärden ändrar inte denna rutin. Ange en åtgärd som pekar på den.', en: 'The measure does not change this routine. Name one that points to it.' },
  'self-check-not-planned': {
    sv: 'Det är inte bestämt vilket resultat som godtas. Planera egenkontrollen först.',
    en: 'It is not settled which result is accepted. Plan the self-check first.',
  },
  'self-check-before-plan': {
    sv: 'Egenkontrollen är gjord innan det bestämdes vilket resultat som godtas. Gör om den.',
    en: 'The self-check was performed before it was settled which result is accepted. Perform it again.',
  },
  'owner-unchanged': { sv: 'Enheten äger redan rutinen. Välj en annan enhet.', en: 'The unit owns the routine already. Choose another unit.' },
  'owner-elsewhere': {
    sv: 'Enheten hör till en annan utförare eller nämnd. Välj en enhet i den egna organisationen.',
    en: 'The unit belongs to another provider or authority. Choose a unit of your own.',
  },
}
/** Why the demonstration refuses. */
const demoReasons: Readonly<Record<'log-not-empty', Labels>> = {
  'log-not-empty': { sv: 'Loggen innehåller redan annat. Börja med en tom datamapp.', en: 'The log holds something else already. Start with an empty data folder.' },
}

const general: Labels = { sv: 'Reglerna säger nej. Läs ärendet igen och välj ett annat steg.', en: 'The rules say no. Read the case again and choose another step.' }
const all: ReadonlyMap<string, Labels> = new Map(Object.entries({ ...caseReasons, ...organisationReasons, ...policyReasons, ...routineReasons, ...demoReasons }))
/** The sentence of a reason by its code. */
export const reasonSentence = (code: string): Labels => all.get(code) ?? general
