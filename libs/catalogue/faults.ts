import type { Labels } from '#libs/kernel/event'

/** What can be wrong with one field of a body, a query parameter or a header. `{…}` is filled from the fault's params. */
export const faultSentences = {
  required: { sv: 'Uppgiften saknas. Fyll i den.', en: 'The field is missing. Fill it in.' },
  'unknown-field': { sv: 'Uppgiften hör inte hit. Ta bort den eller kontrollera stavningen.', en: 'The field does not belong here. Remove it or check the spelling.' },
  'not-an-object': { sv: 'Ange ett objekt med namngivna fält.', en: 'Give an object with named fields.' },
  'not-a-list': { sv: 'Ange en lista.', en: 'Give a list.' },
  'list-too-short': { sv: 'Ange minst {min}.', en: 'Give at least {min}.' },
  'list-too-long': { sv: 'Ange högst {max}.', en: 'Give at most {max}.' },
  repeated: { sv: 'Samma värde står två gånger. Ange det en gång.', en: 'The same value stands twice. Give it once.' },
  'not-a-text': { sv: 'Ange en text.', en: 'Give a text.' },
  blank: { sv: 'Texten är tom. Skriv något.', en: 'The text is empty. Write something.' },
  'too-long': { sv: 'Texten är för lång. Högst {max} tecken.', en: 'The text is too long. At most {max} characters.' },
  'bad-characters': { sv: 'Texten har tecken som inte går att spara. Skriv om den.', en: 'The text has characters that cannot be stored. Rewrite it.' },
  'unknown-code': { sv: 'Värdet finns inte i listan. Välj ett av: {codes}.', en: 'The value is not in the list. Choose one of: {codes}.' },
  'not-in-this-version': {
    sv: 'Detta kan ännu inte hanteras här. Välj ett annat värde.',
    en: 'This cannot be handled here yet. Choose another value.',
  },
  'not-a-flag': { sv: 'Ange true eller false.', en: 'Give true or false.' },
  'not-a-flag-or-text': { sv: 'Ange true eller false, eller en text.', en: 'Give true or false, or a text.' },
  'not-a-number': { sv: 'Ange ett tal.', en: 'Give a number.' },
  'not-in-range': { sv: 'Ange ett heltal från {min} till {max}.', en: 'Give a whole number from {min} to {max}.' },
  'not-an-instant': {
    sv: 'Ange datum, klockslag och tidszon enligt RFC 3339, till exempel 2020-03-02T09:00:00+01:00.',
    en: 'Give date, time and offset after RFC 3339, for example 2020-03-02T09:00:00+01:00.',
  },
  'not-a-date': { sv: 'Ange ett datum i kalendern, till exempel 2020-03-02.', en: 'Give a date of the calendar, for example 2020-03-02.' },
  'not-an-instant-or-date': {
    sv: 'Ange ett datum, till exempel 2020-03-02, eller en tidpunkt med tidszon.',
    en: 'Give a date, for example 2020-03-02, or an instant with offset.',
  },
  'in-the-future': { sv: 'Tidpunkten ligger i framtiden. Ange när det hände.', en: 'The instant lies in the future. Give when it happened.' },
  'not-forward': { sv: 'Klockan går bara framåt. Ange en senare tidpunkt.', en: 'The clock only moves forward. Give a later instant.' },
  'not-an-id': { sv: 'Ange små bokstäver a–z, siffror och bindestreck, högst 40 tecken.', en: 'Give lower-case letters a–z, digits and hyphens, at most 40 characters.' },
  'not-a-case-id': { sv: 'Ange ärendets id (UUID).', en: 'Give the id of the case (UUID).' },
  'not-a-login': { sv: 'Ange en inloggning utan mellanslag, högst 200 tecken.', en: 'Give a login without spaces, at most 200 characters.' },
  'not-a-checksum': { sv: 'Ange en SHA-256-summa: 64 tecken 0–9 och a–f.', en: 'Give a SHA-256 checksum: 64 characters 0–9 and a–f.' },
  'not-a-personal-number': {
    sv: 'Ange ett personnummer eller samordningsnummer med tolv siffror och rätt kontrollsiffra, eller lämna fältet tomt.',
    en: 'Give a personal or coordination number of twelve digits with the right check digit, or leave the field out.',
  },
  'time-missing': {
    sv: 'Ange när det hände (occurredAt) eller när det upptäcktes (discoveredAt).',
    en: 'Give when it happened (occurredAt) or when it was discovered (discoveredAt).',
  },
  'late-reason-needless': {
    sv: 'Skälet hör bara till en rapport som kom in för mer än två dagar sedan (receivedAt). Ta bort det.',
    en: 'The reason belongs only to a report that came in more than two days ago (receivedAt). Remove it.',
  },
  'misconduct-needs-social-law': {
    sv: 'Ett missförhållande enligt lex Sarah kräver SoL eller LSS bland lagrummen.',
    en: 'Misconduct under lex Sarah needs SoL or LSS among the legal areas.',
  },
  'ground-without-misconduct': {
    sv: 'Grunden hör bara till en rapport om missförhållande. Ta bort den eller ändra rapporttypen.',
    en: 'The ground belongs only to a report of misconduct. Remove it or change the reported type.',
  },
  'batch-of-misconduct': {
    sv: 'En samlerapport gäller lindriga händelser. Rapportera ett missförhållande för sig.',
    en: 'A batch report is about mild events. Report misconduct by itself.',
  },
  'anonymous-on-behalf': {
    sv: 'En anonym rapport kan inte lämnas för någon annans räkning. Ta bort onBehalfOf eller anonymous.',
    en: 'An anonymous report cannot be made on behalf of another. Remove onBehalfOf or anonymous.',
  },
  'receiver-missing': { sv: 'Ange mottagaren: en enhet (toUnit) eller en extern part (toExternal).', en: 'Give the receiver: a unit (toUnit) or an external party (toExternal).' },
  'receiver-twice': { sv: 'Ange antingen en enhet (toUnit) eller en extern part (toExternal), inte båda.', en: 'Give either a unit (toUnit) or an external party (toExternal), not both.' },
  'duplicate-of-missing': { sv: 'Ange vilket tidigare ärende detta är en dubblett av.', en: 'Say which earlier case this duplicates.' },
  'duplicate-of-needless': {
    sv: 'Uppgiften hör bara till utfallet dubblett. Ta bort den.',
    en: 'The field belongs only to the outcome duplicate. Remove it.',
  },
  'motivation-missing': { sv: 'Motivera varför åtgärden inte godkänns som den är.', en: 'Say why the measure is not approved as it stands.' },
  'dates-reversed': { sv: 'Slutet ligger före början. Byt datum.', en: 'The end lies before the start. Change the dates.' },
  'not-a-seat': { sv: 'Ange roll och enhet, till exempel unit-manager@barn-och-unga.', en: 'Give role and unit, for example unit-manager@barn-och-unga.' },
  'seat-unknown': {
    sv: 'Ärenden kan inte ligga hos den rollen vid den enheten. Ange uppdraget så som kön visar det.',
    en: 'Cases cannot lie with that role at that unit. Give the seat as the queue shows it.',
  },
  'seat-unchanged': { sv: 'Det är samma uppdrag. Ange ett annat att omfördela till.', en: 'It is the same seat. Give another to reassign to.' },
  'unit-ended': { sv: 'Enheten har upphört. Välj en enhet som finns i dag.', en: 'The unit has ended. Choose one that stands today.' },
  'unit-unknown': { sv: 'Enheten finns inte. Välj en enhet i organisationen.', en: 'There is no such unit. Choose a unit of the organisation.' },
  'subject-unknown': {
    sv: 'Personen finns inte i organisationen. Kontrollera inloggningen.',
    en: 'The person is not in the organisation. Check the login.',
  },
  'category-unknown': { sv: 'Kategorin finns inte för gruppen. Välj en av gruppens kategorier.', en: 'The group has no such category. Choose one of its categories.' },
  'policy-unknown': { sv: 'Versionen av regelverket finns inte. Välj en av dem under /v1/policy.', en: 'There is no such version of the policy. Choose one of those at /v1/policy.' },
  'codes-missing': { sv: 'Delen ersätts hel och ska ha varje kod. Lägg till: {codes}.', en: 'The part is replaced whole and must have every code. Add: {codes}.' },
  'deadline-unknown': { sv: 'Ärendet har ingen sådan frist. Ange id för en av dem som ärendet visar.', en: 'The case has no such deadline. Give the id of one of those that the case shows.' },
  'due-needless': { sv: 'Tidsgränsen har ett eget datum eller intervall. Ta bort due.', en: 'The deadline has a date or interval of its own. Remove due.' },
  'escalates-to-itself': { sv: 'Rollen eskalerar till sig själv. Ta bort den ur kedjan.', en: 'The role escalates to itself. Remove it from the chain.' },
  'basis-overlaps': { sv: 'Två lagrum för samma skyldighet gäller samma dag. Ändra from eller before.', en: 'Two sections for the same duty hold on the same day. Change from or before.' },
  'basis-missing': {
    sv: 'Rapporteringsskyldigheten enligt {area} saknar lagrum någon dag. Ange lagrum utan lucka och utan slut.',
    en: 'The duty to report under {area} has no section on some day. Give sections without gap or end.',
  },
  'years-needless': { sv: 'Det som bevaras har ingen gallringsfrist. Ta bort years.', en: 'What is preserved is never erased. Remove years.' },
  'not-an-etag': { sv: 'Ange ärendets version inom citattecken, till exempel If-Match: "7".', en: 'Give the revision of the case in quotes, for example If-Match: "7".' },
  'not-a-key': { sv: 'Ange 1–200 synliga tecken ur ASCII.', en: 'Give 1–200 visible ASCII characters.' },
  'not-a-position': { sv: 'Ange en position från ett tidigare svar (Vaka-Position).', en: 'Give a position from an earlier answer (Vaka-Position).' },
  'not-a-cursor': { sv: 'Ange cursor från föregående sida.', en: 'Give the cursor of the page before.' },
  'not-a-revision': { sv: 'Ange en version: 0 eller ett högre heltal.', en: 'Give a revision: 0 or a higher whole number.' },
  'unknown-parameter': { sv: 'Parametern finns inte här. Ta bort den eller kontrollera stavningen.', en: 'There is no such parameter here. Remove it or check the spelling.' },
  'given-twice': { sv: 'Parametern är angiven flera gånger. Ange den en gång.', en: 'The parameter is given more than once. Give it once.' },
  'given-both': { sv: 'Ange antingen at eller revision, inte båda.', en: 'Give either at or revision, not both.' },
  faulty: { sv: 'Uppgiften är fel ifylld. Kontrollera den.', en: 'The field is faulty. Check it.' },
} as const satisfies Readonly<Record<string, Labels>>

export type FaultCode = keyof typeof faultSentences
/** The sentence of a fault, also of one that only the domain names; an unknown code gets the general sentence. */
export const faultSentence = (code: string): Labels => (isFaultCode(code) ? faultSentences[code] : faultSentences.faulty)
const isFaultCode = (code: string): code is FaultCode => Object.hasOwn(faultSentences, code)
