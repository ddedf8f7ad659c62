import type { MeasureState } from '#libs/duties/facts'
import type { Labels } from '#libs/kernel/event'

/** What the command line says beside the words of cases. `{…}` is filled from params. */
export const deskSentences = {
  help: {
    sv: `Vaka på kommandoraden. Data ligger i VAKA_DATA (annars ./data).

  desk token <inloggning>                         intyg för demoläge
  desk organisation init --admin <inloggning> --confirmer <annan inloggning>
                                                  de två första rollerna
  desk demo load                                  demonstrationens organisation och år 2020
  desk projections                                projektionernas läge
  desk rebuild <projektion>                       bygg om en projektion
  desk replay <ärende> [--at <tidpunkt>] [--revision <n>]
                                                  ett ärendes händelser och läge
  desk policy diff <version | fil.json> <version | fil.json>
                                                  vad som skiljer två regelverk
  desk policy replay <version | fil.json> --from <dag> --to <dag>
                                                  vilka ärenden hade utretts enligt regelverket? Inget skrivs
  desk copy-log --from <logg> --to <logg>         flytta loggen: kopiera den och bevisa att båda är lika
  desk verify-copy --from <logg> --to <logg>      enbart beviset. En logg är sqlite:<fil> eller
                                                  'esdb://<värd>:<port>?tls=false&namespace=<namn>'

  --language sv|en                                språk (annars efter LANG)
`,
    en: `Vaka on the command line. Data lies in VAKA_DATA (else ./data).

  desk token <login>                              a token for demo mode
  desk organisation init --admin <login> --confirmer <other login>
                                                  the first two roles
  desk demo load                                  the demonstration's organisation and its year 2020
  desk projections                                status of the projections
  desk rebuild <projection>                       rebuild a projection
  desk replay <case> [--at <instant>] [--revision <n>]
                                                  history and state of a case
  desk policy diff <version | file.json> <version | file.json>
                                                  what differs between two policies
  desk policy replay <version | file.json> --from <day> --to <day>
                                                  which cases would the policy have had investigated? Writes nothing
  desk copy-log --from <log> --to <log>           move the log: copy it and prove that both are equal
  desk verify-copy --from <log> --to <log>        the proof alone. A log is sqlite:<file> or
                                                  'esdb://<host>:<port>?tls=false&namespace=<name>'

  --language sv|en                                language (else by LANG)
`,
  },
  'unknown-command': { sv: 'Kommandot {command} finns inte; kör desk utan argument för att se alla.', en: 'There is no command {command}; run desk without arguments to see all.' },
  'bad-arguments': { sv: 'Argumenten stämmer inte; skriv: desk {usage}', en: 'The arguments do not fit; write: desk {usage}' },
  'bad-language': { sv: 'Språket är sv eller en.', en: 'The language is sv or en.' },
  'bad-login': { sv: 'Ange en inloggning utan mellanslag, högst 200 tecken.', en: 'Give a login without spaces, at most 200 characters.' },
  'no-log': { sv: 'Det finns ingen händelselogg i {folder}; kontrollera VAKA_DATA.', en: 'There is no event log in {folder}; check VAKA_DATA.' },
  'not-demo': {
    sv: 'Demonstrationen hör till demoläget; kör utan VAKA_OIDC_ISSUER.',
    en: 'The demonstration belongs to demo mode; run without VAKA_OIDC_ISSUER.',
  },
  'folder-busy': {
    sv: 'En annan process skriver i {folder} och tar inte emot kommandot; stoppa den, eller försök igen när den är klar.',
    en: 'Another process is writing to {folder} and does not take the command; stop it, or try again when it has finished.',
  },
  'server-refused': { sv: 'Servern svarade {status}: {detail}', en: 'The server answered {status}: {detail}' },
  refused: { sv: 'Kommandot nekades. {reasons}', en: 'The command was refused. {reasons}' },
  'demo-loaded': { sv: 'Demonstrationen är laddad: {cases} ärenden, {events} händelser.', en: 'The demonstration is loaded: {cases} cases, {events} events.' },
  'organisation-begun': {
    sv: '{admin} är administratör och {confirmer} dataskyddsansvarig.',
    en: '{admin} is administrator and {confirmer} compliance officer.',
  },
  rebuilt: { sv: 'Projektionen {name} är ombyggd: {rows} rader.', en: 'The projection {name} is rebuilt: {rows} rows.' },
  'no-projection': { sv: 'Det finns ingen projektion {name}; de som finns är {names}.', en: 'There is no projection {name}; there are {names}.' },
  'no-projections': { sv: 'Det finns inga projektioner i {folder}; starta tjänsten en gång.', en: 'There are no projections in {folder}; start the service once.' },
  'no-case': { sv: 'Det finns inget ärende {case} i {folder}.', en: 'There is no case {case} in {folder}.' },
  'no-case-then': { sv: 'Ärendet {case} fanns inte {at}.', en: 'The case {case} did not exist at {at}.' },
  'no-revision': { sv: 'Ärendet {case} har ingen version {revision}; den sista är {last}.', en: 'The case {case} has no revision {revision}; the last is {last}.' },
  'bad-instant': { sv: 'Ange tidpunkten med datum, klockslag och tidszon, till exempel 2020-03-02T09:00:00+01:00.', en: 'Give the instant with date, time and offset, for example 2020-03-02T09:00:00+01:00.' },
  'bad-revision': { sv: 'En version är ett heltal från 0.', en: 'A revision is a whole number from 0.' },
  'bad-period': { sv: 'Ange --from och --to som dagar i kalendern, till exempel 2020-01-01, med slutet sist.', en: 'Give --from and --to as days of the calendar, for example 2020-01-01, the end last.' },
  'no-policy': { sv: 'Det finns inget regelverk {name}; de som finns är {names}. En fil slutar på .json.', en: 'There is no policy {name}; there are {names}. A file ends in .json.' },
  'policy-file-unreadable': { sv: 'Filen {file} går inte att läsa som JSON.', en: 'The file {file} cannot be read as JSON.' },
  'policy-file-faulty': { sv: 'Filen {file} är inget regelverk som kan publiceras, {pointer}: {sentence}', en: 'The file {file} is no policy that can be published, {pointer}: {sentence}' },
  'policy-same': { sv: 'Inget skiljer {a} och {b}.', en: 'Nothing differs between {a} and {b}.' },
  'policy-diff': { sv: 'Från {a} (-) till {b} (+)', en: 'From {a} (-) to {b} (+)' },
  'policy-replayed': {
    sv: '{scored} riskvärderade ärenden som kom in {from}–{to}: utredning krävdes i {investigated} och hade enligt {name} krävts i {would}. Utfallet ändras i {changed}.',
    en: '{scored} scored cases received {from}–{to}: an investigation was required in {investigated}, and under {name} it would have been in {would}. The outcome changes in {changed}.',
  },
  'policy-would-investigate': { sv: 'Utredning hade enligt {name} krävts i:', en: 'Under {name} an investigation would have been required in:' },
  'bad-log-url': {
    sv: 'Ange {option} som sqlite:<fil> eller esdb://<värd>:<port>, med enbart kända parametrar och ett namespace av bokstäverna a till z och siffror.',
    en: 'Give {option} as sqlite:<file> or esdb://<host>:<port>, with known parameters only and a namespace of letters a to z and digits.',
  },
  'same-log': { sv: 'Källan och målet är samma logg.', en: 'Source and target are the same log.' },
  'no-log-at': { sv: 'Det finns ingen händelselogg i {log}.', en: 'There is no event log at {log}.' },
  'log-in-use': {
    sv: 'En annan process skriver i {folder}; stoppa tjänsten först, så att loggen står stilla medan den kopieras.',
    en: 'Another process is writing to {folder}; stop the service first, so that the log stands still while it is copied.',
  },
  'log-package-missing': { sv: 'Paketet som öppnar {log} är inte installerat; kör npm ci.', en: 'The package that opens {log} is not installed; run npm ci.' },
  'log-unavailable': {
    sv: 'Händelselagret {log} svarar inte; kontrollera adressen och kör sedan samma kommando igen, så fortsätter det där det slutade. ({reason})',
    en: 'The event store {log} does not answer; check the address and then run the same command again: it goes on where it stopped. ({reason})',
  },
  'log-denied': { sv: 'Händelselagret {log} ger inte den här användaren tillträde.', en: 'The event store {log} does not let this user in.' },
  'log-unusable': { sv: 'Loggen {log} går inte att använda: {reason}', en: 'The log {log} cannot be used: {reason}' },
  'source-event-faulty': {
    sv: 'Händelsen {event} i källan är inte lagrad så som Vaka lagrar händelser, och kopieras inte; målet har det som kopierades före den.',
    en: 'The event {event} of the source is not stored as Vaka stores events, and is not copied; the target has what was copied before it.',
  },
  'target-written': {
    sv: 'Någon annan skriver i målet {log}; stoppa det först, och kontrollera med desk verify-copy vad som finns där.',
    en: 'Somebody else writes to the target {log}; stop that first, and see by desk verify-copy what is there.',
  },
  'copy-progress': { sv: 'Kopierar: {count} händelser, {rate} i sekunden.', en: 'Copying: {count} events, {rate} a second.' },
  'proof-progress': { sv: 'Jämför: {count} händelser, {rate} i sekunden.', en: 'Comparing: {count} events, {rate} a second.' },
  'logs-differ': {
    sv: 'Loggarna skiljer sig vid löv {at}: {from} i källan, {to} i målet.{written}',
    en: 'The logs differ at leaf {at}: {from} in the source, {to} in the target.{written}',
  },
  'nothing-written': { sv: 'Inget skrevs; ta ett tomt mål.', en: 'Nothing was written; take an empty target.' },
  'source-grew': {
    sv: 'Det skrevs i källan medan den kopierades: {before} händelser blev minst {now}; stoppa det som skriver och kör samma kommando igen, så kopieras resten.',
    en: 'The source was written to while it was copied: {before} events became at least {now}; stop what writes and run the same command again, and the rest is copied.',
  },
  copied: {
    sv: 'Kopierade {count} händelser på {seconds} s, {rate} i sekunden; {before} fanns redan.',
    en: 'Copied {count} events in {seconds} s, {rate} a second; {before} were there already.',
  },
  'source-unchanged': { sv: 'Källan ändrades inte medan den kopierades: {count} händelser före och efter.', en: 'The source did not change while it was copied: {count} events before and after.' },
  'logs-equal': {
    sv: 'Loggarna är lika, löv för löv: {count} händelser, lästa från början på {seconds} s.',
    en: 'The logs are equal, leaf by leaf: {count} events, read from the start in {seconds} s.',
  },
  'at-or-revision': { sv: 'Ange --at eller --revision, inte båda.', en: 'Give --at or --revision, not both.' },
} as const satisfies Readonly<Record<string, Labels>>
export type DeskSentence = keyof typeof deskSentences

/** Headings of `desk replay`, `desk projections` and `desk copy-log`. */
export const deskWords = {
  case: { sv: 'Ärende', en: 'Case' },
  history: { sv: 'Händelser', en: 'History' },
  state: { sv: 'Läge vid version {revision}', en: 'State at revision {revision}' },
  phase: { sv: 'Fas', en: 'Phase' },
  unit: { sv: 'Enhet', en: 'Unit' },
  reportedUnit: { sv: 'Rapporterad enhet', en: 'Reported unit' },
  reportedType: { sv: 'Rapporterad som', en: 'Reported as' },
  legalAreas: { sv: 'Lagrum', en: 'Legal areas' },
  reportedLegalAreas: { sv: 'Rapporterade lagrum', en: 'Reported legal areas' },
  batch: { sv: 'Samlerapport', en: 'Batch report' },
  batchOf: { sv: '{count} händelser, {from} till {to}', en: '{count} events, {from} to {to}' },
  responsible: { sv: 'Ansvarig', en: 'Responsible' },
  handover: { sv: 'Överlämning', en: 'Hand-over' },
  handoverPending: { sv: '{id} väntar på svar', en: '{id} awaits an answer' },
  externalParty: { sv: 'extern part', en: 'external party' },
  handedOut: { sv: 'mottagen av extern part', en: 'received by an external party' },
  conflicts: { sv: 'Jäv', en: 'Conflict of interest' },
  restricted: { sv: 'Begränsad åtkomst', en: 'Restricted access' },
  legalHold: { sv: 'Gallringsstopp', en: 'Legal hold' },
  inForce: { sv: 'gäller', en: 'in force' },
  immediateAction: { sv: 'Omedelbar åtgärd', en: 'Immediate action' },
  recorded: { sv: 'registrerad', en: 'recorded' },
  assessment: { sv: 'Bedömning', en: 'Assessment' },
  risk: { sv: 'Risk', en: 'Risk' },
  investigation: { sv: 'Utredning', en: 'Investigation' },
  lexSarah: { sv: 'Lex Sarah', en: 'Lex Sarah' },
  lexMaria: { sv: 'Lex Maria', en: 'Lex Maria' },
  patient: { sv: 'Patienten', en: 'Patient' },
  informed: { sv: 'informerad', en: 'informed' },
  notInformed: { sv: 'informeras inte', en: 'not to be informed' },
  ivo: { sv: 'IVO', en: 'IVO' },
  measure: { sv: 'Åtgärd', en: 'Measure' },
  feedback: { sv: 'Återkoppling', en: 'Feedback' },
  closed: { sv: 'Avslutad', en: 'Closed' },
  noCase: { sv: 'Utan ärende', en: 'No case' },
  hinders: { sv: 'Hindrar avslut', en: 'Hinders closing' },
  nextStep: { sv: 'Nästa steg', en: 'Next step' },
  deadline: { sv: 'Frist', en: 'Deadline' },
  upcoming: { sv: 'löper', en: 'running' },
  warned: { sv: 'nära', en: 'near' },
  missed: { sv: 'missad', en: 'missed' },
  met: { sv: 'hållen', en: 'met' },
  lapsed: { sv: 'bortfallen', en: 'lapsed' },
  at: { sv: 'vid', en: 'at' },
  escalated: { sv: 'lyft', en: 'escalated' },
  referred: { sv: 'lyft', en: 'referred' },
  'taken-over': { sv: 'övertagen', en: 'taken over' },
  declined: { sv: 'avvisad', en: 'declined' },
  proposed: { sv: 'grad föreslagen', en: 'degree proposed' },
  decided: { sv: 'beslutad', en: 'decided' },
  notify: { sv: 'ska anmälas', en: 'to be notified' },
  notNotify: { sv: 'anmäls inte', en: 'not notified' },
  sent: { sv: 'skickad', en: 'sent' },
  receipt: { sv: 'kvitterad', en: 'receipted' },
  investigationAttached: { sv: 'utredningen bifogad', en: 'investigation attached' },
  investigationSent: { sv: 'utredningen skickad', en: 'investigation sent' },
  supplementDue: { sv: 'komplettering {request} begärd till {due}', en: 'supplement {request} due {due}' },
  supplementSent: { sv: 'komplettering {request} skickad', en: 'supplement {request} sent' },
  ivoDecided: { sv: 'IVO har beslutat', en: 'IVO has decided' },
  open: { sv: 'pågår', en: 'open' },
  completed: { sv: 'avslutad', en: 'completed' },
  noMeasures: { sv: 'inga åtgärder behövs', en: 'no measures needed' },
  given: { sv: 'given', en: 'given' },
  waived: { sv: 'avstådd', en: 'waived' },
  level: { sv: 'nivå', en: 'level' },
  routine: { sv: 'rutin {id}', en: 'routine {id}' },
  planned: { sv: 'klart {day}', en: 'to be completed {day}' },
  checkOn: { sv: 'effekten kontrolleras {day}', en: 'effect checked on {day}' },
  accepted: { sv: 'effekten godtagen', en: 'effect accepted' },
  notAccepted: { sv: 'effekten inte godtagen', en: 'effect not accepted' },
  name: { sv: 'Namn', en: 'Name' },
  version: { sv: 'Version', en: 'Version' },
  status: { sv: 'Läge', en: 'Status' },
  position: { sv: 'Position', en: 'Position' },
  lag: { sv: 'Efter', en: 'Lag' },
  rows: { sv: 'Rader', en: 'Rows' },
  checksum: { sv: 'Kontrollsumma', en: 'Checksum' },
  rootFrom: { sv: 'Källans rot', en: 'Root of the source' },
  rootTo: { sv: 'Målets rot', en: 'Root of the target' },
  noLeaf: { sv: 'inget', en: 'none' },
} as const satisfies Readonly<Record<string, Labels>>

export const measureStates: Readonly<Record<MeasureState, Labels>> = {
  proposed: { sv: 'föreslagen', en: 'proposed' },
  approved: { sv: 'godkänd', en: 'approved' },
  'approved-in-part': { sv: 'delvis godkänd', en: 'approved in part' },
  rejected: { sv: 'avslagen', en: 'rejected' },
  cancelled: { sv: 'avbruten', en: 'cancelled' },
  completed: { sv: 'genomförd', en: 'completed' },
  checked: { sv: 'kontrollerad', en: 'checked' },
}
