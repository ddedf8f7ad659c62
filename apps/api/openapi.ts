import { bodySchemas, schemaOf } from '#apps/api/body'
import type { Class, Schema } from '#apps/api/field'
import { InitOrganisationBody, LoadDemoBody, SetClockBody } from '#apps/api/dto/demo'
import { ReplayPolicyBody } from '#apps/api/dto/policy'
import { beginnings, deviationIntents, isBeginning, organisationIntents, policyIntents, reassignPath, routineIntents } from '#apps/api/intents'
import type { Parameters } from '#apps/api/parameters'
import { reads, streams, type ReadEntry, type StreamEntry } from '#apps/api/reads'
import { isProblemCode, problems, type ProblemCode } from '#libs/catalogue/problems'
import { judgements, type Intent } from '#libs/deviation/commands'
import type { Labels } from '#libs/kernel/event'

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: Schema): Schema => ({ 'application/json': { schema } })
const summarised = ({ sv, en }: Labels): Schema => ({ summary: sv, description: en })

/** Problem responses, one component for each status, and references to those that an operation may give. */
const codesOf = (status: number): ProblemCode[] => problemCodes.filter((code) => problems[code].status === status)
const problemCodes = Object.keys(problems).filter(isProblemCode)
const problemComponents = (): Record<string, Schema> =>
  Object.fromEntries(
    [...new Set(problemCodes.map((code) => problems[code].status))].map((status) => [
      `Problem${status}`,
      {
        description: codesOf(status)
          .map((code) => `\`${code}\`: ${problems[code].title.sv} / ${problems[code].title.en}`)
          .join('; '),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  )
const problemResponses = (...codes: readonly ProblemCode[]): Record<string, Schema> =>
  Object.fromEntries(codes.map((code) => [String(problems[code].status), { $ref: `#/components/responses/Problem${problems[code].status}` }]))
const always: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'not-found', 'too-many-requests', 'internal', 'unavailable']
const ofCommands: readonly ProblemCode[] = [
  'invalid-fields',
  'malformed-json',
  ...always,
  'conflict',
  'revision-stale',
  'too-large',
  'unsupported-media-type',
  'refused',
  'idempotency-key-reused',
  'outcome-unknown',
]

const header = (name: string, description: string, schema: Schema, required = false): Schema => ({ name, in: 'header', required, description, schema })
const idempotencyKey = header('Idempotency-Key', 'Samma nyckel och innehåll ger samma svar / the same key and body gives the same answer', {
  type: 'string',
  pattern: '^[\\x21-\\x7e]{1,200}$',
})
const ifMatch = (required: boolean): Schema =>
  header('If-Match', 'Ärendets version, till exempel "7" / the revision of the case, for example "7"', { type: 'string', pattern: '^"\\d{1,15}"$' }, required)
const reason = header('Vaka-Reason', 'Skäl som öppnar personuppgifter för revisor och dataskydd / reason that opens personal data to auditor and compliance officer', { type: 'string', maxLength: 500 })
const caseIdParameter: Schema = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }

const commandOperation = (id: string, tag: string, body: Class, summary: Labels, parameters: readonly Schema[], success: readonly string[], more: readonly ProblemCode[], schemas: Readonly<Record<string, Schema>>): Schema => ({
  operationId: id,
  tags: [tag],
  ...summarised(summary),
  ...(parameters.length > 0 && { parameters }),
  requestBody: { required: hasRequired(schemas[body.name]), content: json(schemaOf(body, schemas)) },
  responses: { ...Object.fromEntries(success.map((status) => [status, { description: status === '201' ? 'Skapat / created' : 'Utfört / done', content: json(ref('Receipt')) }])), ...problemResponses(...ofCommands, ...more) },
})
const hasRequired = (schema: Schema | undefined): boolean => Array.isArray(schema?.['required']) && schema['required'].length > 0

const pathParameters = (path: string): Schema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => (name === 'id' && path.startsWith('/v1/deviations') ? caseIdParameter : { name, in: 'path', required: true, schema: { type: 'string' } }))
const queryParameters = (parameters: Parameters): Schema[] =>
  Object.entries(parameters).map(([name, p]) => ({
    name,
    in: 'query',
    required: p.required ?? false,
    schema: p.schema,
    ...(p.schema['type'] === 'array' && { style: 'form', explode: false }),
  }))
/** Questions that share an address become one operation: its parameters are those of all, required only where all require them. */
const readOperation = (entries: readonly (readonly [string, ReadEntry])[]): Schema => {
  const merged = new Map<string, Schema>()
  for (const [, entry] of entries)
    for (const parameter of queryParameters(entry.parameters)) {
      const name = String(parameter['name'])
      const before = merged.get(name)
      merged.set(name, before ? { ...parameter, schema: mergedSchema(before['schema'], parameter['schema']) } : { ...parameter, required: parameter['required'] === true && entries.every(([, e]) => e.parameters[name]?.required) })
    }
  const [first] = entries
  return {
    operationId: first?.[0],
    tags: ['questions'],
    summary: entries.map(([, e]) => e.summary.sv).join('; '),
    description: entries.map(([, e]) => e.summary.en).join('; '),
    parameters: [...pathParameters(first?.[1].path ?? ''), ...merged.values(), reason],
    responses: {
      '200': { description: 'Svaret / the answer', headers: { 'Vaka-Position': { schema: { type: 'string' } } }, content: json(first?.[1].answers === 'page' ? ref('Page') : { type: 'object' }) },
      ...problemResponses('invalid-fields', ...always),
    },
  }
}
/** A stream: each event has `id`, the position up to which all has been told, and JSON as its data. */
const streamOperation = (id: string, { path, summary, parameters, events }: StreamEntry): Schema => {
  const lastEventId = header('Last-Event-ID', 'Id på den sista händelsen som lästs; strömmen går vidare därefter / id of the last event that was read; the stream goes on after it', { type: 'string' })
  const told = [...events, 'ready', 'reset', 'bye'].map((event) => `\`${event}\``).join(', ')
  return {
    operationId: id,
    tags: ['questions'],
    summary: summary.sv,
    description: `${summary.en}. Händelser / events: ${told}.`,
    parameters: [...pathParameters(path), ...queryParameters(parameters), lastEventId],
    responses: {
      '200': {
        description: 'Strömmen / the stream',
        headers: { 'Vaka-Position': { schema: { type: 'string' } } },
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...problemResponses('invalid-fields', ...always),
    },
  }
}
const mergedSchema = (a: unknown, b: unknown): unknown => {
  const codes = [a, b].flatMap((s) => (typeof s === 'object' && s !== null && 'enum' in s && Array.isArray(s.enum) ? (s.enum as unknown[]) : []))
  return codes.length > 0 ? { type: 'string', enum: [...new Set(codes)] } : b
}
const plain = (id: string, tag: string, summary: Labels, content: Schema, rest: Schema = {}): Schema => ({
  operationId: id,
  tags: [tag],
  ...summarised(summary),
  security: [],
  ...rest,
  responses: { '200': { description: 'Svaret / the answer', content }, ...problemResponses('internal') },
})

/** The OpenAPI 3.1 document of the edge, made from the tables of commands and questions and the decorators of their bodies. */
export const openApi = (): Schema => {
  const schemas = bodySchemas()
  const paths: Record<string, Record<string, Schema>> = {}
  const add = (path: string, method: string, operation: Schema): void => {
    paths[path] = { ...paths[path], [method]: operation }
  }
  for (const [intent, { body, summary }] of Object.entries(deviationIntents) as [Intent, { body: Class; summary: Labels }][]) {
    if (isBeginning(intent)) add(beginnings[intent], 'post', commandOperation(intent, 'deviations', body, summary, [idempotencyKey], ['201'], [], schemas))
    else if (intent === 'reassign') {
      const operation = commandOperation(intent, 'deviations', body, summary, [idempotencyKey], [], [], schemas)
      const done = { '200': { description: 'Utfört / done', content: json(ref('Reassigned')) } }
      add(reassignPath, 'post', { ...operation, responses: { ...done, ...problemResponses('invalid-fields', 'malformed-json', ...always, 'too-large', 'unsupported-media-type', 'idempotency-key-reused') } })
    } else {
      const judges = judgements.has(intent)
      add(
        `/v1/deviations/{id}/${intent}`,
        'post',
        commandOperation(intent, 'deviations', body, summary, [caseIdParameter, ifMatch(judges), idempotencyKey], ['200'], judges ? ['precondition-required'] : [], schemas),
      )
    }
  }
  for (const [intent, { body, summary }] of Object.entries(organisationIntents))
    add(`/v1/organisation/${intent}`, 'post', commandOperation(intent, 'organisation', body, summary, [idempotencyKey], ['200'], [], schemas))
  for (const [intent, { body, summary }] of Object.entries(policyIntents))
    add(`/v1/policy/${intent}`, 'post', commandOperation(`${intent}-policy`, 'policy', body, summary, [idempotencyKey], ['200'], [], schemas))
  add('/v1/policy/replay', 'post', {
    operationId: 'policyReplay',
    tags: ['questions'],
    ...summarised({ sv: 'Vilka av periodens ärenden hade utretts enligt ett annat regelverk? Inget skrivs', en: 'Which of the cases of a period would another policy have had investigated? Writes nothing' }),
    requestBody: { required: true, content: json(schemaOf(ReplayPolicyBody, schemas)) },
    responses: { '200': { description: 'Svaret / the answer', content: json({ type: 'object' }) }, ...problemResponses('invalid-fields', 'malformed-json', ...always, 'too-large', 'unsupported-media-type') },
  })
  for (const [intent, { body, summary }] of Object.entries(routineIntents)) {
    const registers = intent === 'register-routine'
    const parameters = registers ? [idempotencyKey] : [...pathParameters('/v1/routines/{id}'), ifMatch(false), idempotencyKey]
    add(registers ? '/v1/routines' : `/v1/routines/{id}/${intent}`, 'post', commandOperation(registers ? intent : `${intent}-routine`, 'routines', body, summary, parameters, [registers ? '201' : '200'], [], schemas))
  }
  const ofCalendar = [
    { name: 'token', in: 'query', required: true, description: 'Hemlig; svaret på open-calendar-feed / secret; the answer to open-calendar-feed', schema: text },
    { name: 'language', in: 'query', schema: { type: 'string', enum: ['sv', 'en'], default: 'sv' } },
  ]
  const calendar = plain('calendar', 'questions', { sv: 'Frister som kalender (iCalendar), för kalenderprogram', en: 'Deadlines as a calendar (iCalendar), for calendar programs' }, { 'text/calendar': { schema: text } }, { parameters: ofCalendar })
  add('/v1/deadlines.ics', 'get', { ...calendar, responses: { ...Object(calendar['responses']), '304': { description: 'Oförändrad / not changed' }, ...problemResponses('invalid-fields', 'not-found', 'too-many-requests', 'unavailable') } })
  const byPath = Map.groupBy(Object.entries(reads), ([, { path }]) => path)
  for (const [path, entries] of byPath) add(path, 'get', readOperation(entries))
  for (const [id, entry] of Object.entries(streams)) add(entry.path, 'get', streamOperation(id, entry))
  add('/v1/projections/{name}/rebuild', 'post', {
    operationId: 'rebuild',
    tags: ['questions'],
    ...summarised({ sv: 'Bygg om en projektion', en: 'Rebuild a projection' }),
    parameters: pathParameters('/v1/projections/{name}/rebuild'),
    responses: { '200': { description: 'Påbörjat / begun', content: json({ type: 'object' }) }, ...problemResponses(...always) },
  })
  const object = json({ type: 'object' })
  const demo = (id: string, body: Class, summary: Labels): void => {
    add(`/demo/${id}`, 'post', plain(`demo-${id}`, 'demo', summary, object, { requestBody: { content: json(schemaOf(body, schemas)) } }))
  }
  demo('clock', SetClockBody, { sv: 'Ställ fram klockan', en: 'Move the clock forward' })
  demo('load', LoadDemoBody, { sv: 'Läs in demoåret', en: 'Load the year of the demonstration' })
  demo('organisation-init', InitOrganisationBody, { sv: 'Första administratören', en: 'The first administrator' })
  add('/health/live', 'get', plain('live', 'system', { sv: 'Processen lever', en: 'The process is alive' }, object))
  add('/health/ready', 'get', plain('ready', 'system', { sv: 'Redo att svara; annars 503', en: 'Ready to answer; else 503' }, object))
  add('/metrics', 'get', plain('metrics', 'system', { sv: 'Mätvärden för Prometheus', en: 'Metrics for Prometheus' }, { 'text/plain': { schema: { type: 'string' } } }))
  add('/problems/{code}', 'get', plain('problem', 'system', { sv: 'Förklarar ett fel', en: 'Explains a problem' }, { 'text/html': { schema: { type: 'string' } } }, { parameters: pathParameters('/problems/{code}') }))
  return {
    openapi: '3.1.0',
    info: { title: 'Vaka', version: '1', description: 'Avvikelser i socialtjänsten, från rapport till avslut. Deviations in social services, from report to closing.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: problemComponents(),
      schemas: { ...schemas, Receipt: receipt, Reassigned: reassigned, Page: page, Problem: problem },
    },
  }
}

const text: Schema = { type: 'string' }
const receipt: Schema = {
  type: 'object',
  properties: {
    id: text,
    revision: { type: 'integer', minimum: 0 },
    position: text,
    events: { type: 'array', items: { type: 'object', properties: { id: text, type: text }, required: ['id', 'type'] } },
    grant: { type: 'string', description: 'grant-role' },
    feed: { type: 'string', description: 'open-calendar-feed' },
    token: { type: 'string', description: 'open-calendar-feed' },
    path: { type: 'string', description: 'open-calendar-feed' },
  },
  required: ['id', 'revision', 'position', 'events'],
}
const reasons: Schema = { type: 'array', items: { type: 'object', properties: { code: text, detail: text }, required: ['code', 'detail'] } }
const reassigned: Schema = {
  type: 'object',
  properties: {
    reassigned: { type: 'array', items: { type: 'object', properties: { id: text, revision: { type: 'integer', minimum: 0 } }, required: ['id', 'revision'] } },
    refused: { type: 'array', items: { type: 'object', properties: { id: text, reasons }, required: ['id', 'reasons'] } },
    position: text,
  },
  required: ['reassigned', 'refused', 'position'],
}
const page: Schema = {
  type: 'object',
  properties: { rows: { type: 'array', items: { type: 'object' } }, cursor: text, complete: { type: 'boolean' } },
  required: ['rows', 'complete'],
}
const worded = (first: string): Schema => ({ type: 'object', properties: { [first]: text, code: text, detail: text }, required: [first, 'code', 'detail'] })
const problem: Schema = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    errors: { type: 'array', items: worded('pointer') },
    reasons,
  },
  required: ['type', 'title', 'status', 'detail', 'instance'],
}
