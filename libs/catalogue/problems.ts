import type { Labels } from '#libs/kernel/event'

/** Every problem that the HTTP edge answers with (RFC 9457): `/problems/<code>` is its type and explains it. */
export interface Problem {
  readonly status: number
  readonly title: Labels
  /** What happened and what to do next. */
  readonly detail: Labels
}
const problem = (status: number, sv: string, en: string, detail: Labels): Problem => ({ status, title: { sv, en }, detail })

export const problems = {
  'malformed-json': problem(400, 'Innehållet går inte att läsa', 'The body cannot be read', {
    sv: 'Innehållet är inte giltig JSON i UTF-8. Rätta det och skicka igen.',
    en: 'The body is not valid JSON in UTF-8. Correct it and send it again.',
  }),
  'invalid-fields': problem(400, 'Uppgifter saknas eller är fel ifyllda', 'Fields are missing or faulty', {
    sv: 'Rätta fälten i listan errors och skicka igen.',
    en: 'Correct the fields listed in errors and send again.',
  }),
  'malformed-request': problem(400, 'Begäran är felaktig', 'The request is malformed', {
    sv: 'Adressen eller begäran går inte att tolka. Rätta den och försök igen.',
    en: 'The address or the request cannot be understood. Correct it and try again.',
  }),
  unauthenticated: problem(401, 'Inloggning krävs', 'Authentication is required', {
    sv: 'Skicka ett giltigt intyg i huvudet Authorization: Bearer. Logga in på nytt om det har gått ut.',
    en: 'Send a valid token in the header Authorization: Bearer. Sign in again if it has expired.',
  }),
  forbidden: problem(403, 'Din roll får inte göra detta', 'Your role may not do this', {
    sv: 'Be den som har rollen på enheten att göra det, eller be administratören om rätt roll.',
    en: 'Ask whoever holds the role at the unit to do it, or ask the administrator for the right role.',
  }),
  'not-found': problem(404, 'Finns inte', 'Not found', {
    sv: 'Det finns inget här som du kan se. Kontrollera adressen och din roll.',
    en: 'There is nothing here that you can see. Check the address and your role.',
  }),
  'unknown-command': problem(404, 'Okänt kommando', 'Unknown command', {
    sv: 'Kommandot finns inte. Alla kommandon står i beskrivningen under /docs.',
    en: 'There is no such command. Every command is described at /docs.',
  }),
  'method-not-allowed': problem(405, 'Metoden går inte att använda här', 'Method not allowed', {
    sv: 'Använd en av metoderna i huvudet Allow.',
    en: 'Use one of the methods in the header Allow.',
  }),
  conflict: problem(409, 'Andra skrev samtidigt', 'Others were writing at the same time', {
    sv: 'Ärendet ändrades gång på gång medan kommandot avgjordes. Inget har sparats. Skicka det igen.',
    en: 'The case kept changing while the command was decided. Nothing was saved. Send it again.',
  }),
  'rebuild-elsewhere': problem(409, 'Läsmodellen byggs om på annat håll', 'The projection is rebuilt elsewhere', {
    sv: 'Här går det bara att läsa. Be driften att köra desk rebuild där läsmodellerna hålls.',
    en: 'From here it can only be read. Ask operations to run desk rebuild where projections are kept.',
  }),
  'revision-stale': problem(412, 'Ärendet har ändrats', 'The case has changed', {
    sv: 'Ärendet har ändrats sedan du läste det. Läs det igen, bedöm på nytt och skicka med den nya versionen i If-Match.',
    en: 'The case has changed since you read it. Read it again, judge anew and send with the new revision in If-Match.',
  }),
  'too-large': problem(413, 'Innehållet är för stort', 'The body is too large', {
    sv: 'Innehållet får vara högst 64 kibibyte. Korta texterna, eller lämna resten som en komplettering.',
    en: 'The body may be at most 64 kibibytes. Shorten the texts, or send the rest as a supplement.',
  }),
  'unsupported-media-type': problem(415, 'Innehållet måste vara JSON', 'The body must be JSON', {
    sv: 'Skicka innehållet som JSON med huvudet Content-Type: application/json.',
    en: 'Send the body as JSON with the header Content-Type: application/json.',
  }),
  refused: problem(422, 'Reglerna säger nej', 'The rules say no', {
    sv: 'Åtgärda skälen i listan reasons och försök igen.',
    en: 'Settle what is listed in reasons and try again.',
  }),
  'idempotency-key-reused': problem(422, 'Nyckeln är redan använd', 'The key is already used', {
    sv: 'Samma Idempotency-Key har använts med ett annat innehåll. Använd en ny nyckel för ett nytt kommando.',
    en: 'The same Idempotency-Key was used with another body. Use a new key for a new command.',
  }),
  'precondition-required': problem(428, 'If-Match krävs', 'If-Match is required', {
    sv: 'Kommandot är en bedömning av det du har sett. Läs ärendet och skicka dess version i huvudet If-Match.',
    en: 'The command judges what you have seen. Read the case and send its revision in the header If-Match.',
  }),
  'too-many-requests': problem(429, 'För många anrop', 'Too many requests', {
    sv: 'Vänta så många sekunder som huvudet Retry-After anger och försök igen.',
    en: 'Wait as many seconds as the header Retry-After says and try again.',
  }),
  internal: problem(500, 'Något gick fel hos oss', 'Something went wrong on our side', {
    sv: 'Felet är loggat. Försök igen. Händer det på nytt, kontakta förvaltningen och uppge värdet i instance.',
    en: 'The fault is logged. Try again. If it happens anew, contact support and give the value of instance.',
  }),
  unavailable: problem(503, 'Tjänsten är upptagen', 'The service is busy', {
    sv: 'Inget har sparats. Vänta så många sekunder som huvudet Retry-After anger och försök igen.',
    en: 'Nothing was saved. Wait as many seconds as the header Retry-After says and try again.',
  }),
  'outcome-unknown': problem(503, 'Det är oklart om ändringen sparades', 'It is not known whether the change was saved', {
    sv: 'Vänta så många sekunder som huvudet Retry-After anger. Skicka sedan samma sak igen med samma Idempotency-Key, eller läs ärendet på nytt: inget sparas två gånger.',
    en: 'Wait as many seconds as the header Retry-After says. Then send the same again with the same Idempotency-Key, or read the case anew: nothing is saved twice.',
  }),
} as const satisfies Readonly<Record<string, Problem>>

export type ProblemCode = keyof typeof problems
export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)
