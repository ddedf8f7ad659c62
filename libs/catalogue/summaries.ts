import * as codes from '#events/codes'
import { deviationEvents, type DeviationEvent } from '#events/deviation'
import { labels } from '#libs/catalogue/labels'
import { wordsOf, type PolicyWords } from '#libs/catalogue/policy'
import { p, when, type Phrase } from '#libs/catalogue/phrase'
import type { Language } from '#libs/catalogue/sentence'
import { deadlineItem, deadlineName, mailPhrases, timePhrases } from '#libs/catalogue/time'
import { byName, type Labels } from '#libs/kernel/event'
import type { Field, Shape } from '#libs/kernel/shape'

type Data = Readonly<Record<string, unknown>>

/** What each event says in words: phrases one after another, with `{field}` of the event's data. */
const summaries: Readonly<Record<DeviationEvent['type'], readonly Phrase[]>> = {
  'deviation-reported': [
    p('{reportedType} rapporterad för {unit}', '{reportedType} reported for {unit}'),
    p(' av {reporter.name}', ' by {reporter.name}'),
    p(', {reporter.title}', ', {reporter.title}'),
    when('anonymous', ', anonymt', ', anonymously'),
    p(' ({channel}, {origin}).', ' ({channel}, {origin}).'),
    p(' Inträffade {occurredAt}.', ' Occurred {occurredAt}.'),
    p(' Upptäcktes {discoveredAt}.', ' Discovered {discoveredAt}.'),
    p(' Mottagen {receivedAt}.', ' Received {receivedAt}.'),
    p(' Registrerad sent: {receivedLateReason}', ' Entered late: {receivedLateReason}'),
    p(' {description}', ' {description}'),
    p(' Berörda: {individuals}.', ' Persons concerned: {individuals}.'),
    p(' Omedelbara åtgärder: {immediateMeasures}', ' Immediate measures: {immediateMeasures}'),
    p(' Föreslagna åtgärder: {suggestedMeasures}', ' Suggested measures: {suggestedMeasures}'),
    when('wantsFeedback', ' Rapportören vill ha återkoppling.', ' The reporter wants feedback.'),
    when('concernsManager', ' Rapporten gäller enhetens chef.', ' The report concerns the manager of the unit.'),
  ],
  'deviations-reported-in-batch': [p('Samlerapport: {count} händelser från {from} till {to}.', 'Reported in a batch: {count} events from {from} to {to}.')],
  'report-supplemented': [p('Rapporten kompletterades.', 'The report was supplemented.'), p(' {text}', ' {text}')],
  'legal-areas-corrected': [
    p('Lagrummen rättades till {legalAreas}', 'The legal areas were corrected to {legalAreas}'),
    p(': {legalBases}', ': {legalBases}'),
    p('.', '.'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
  ],
  'receipt-acknowledged': [
    p('Mottagandet bekräftades {at}', 'The receipt was acknowledged {at}'),
    p(' till {to} ({how})', ' to {to} ({how})'),
    p(', diarienummer {diaryNumber}', ', diary number {diaryNumber}'),
    p('.', '.'),
  ],
  'diary-number-requested': [p('Diarienummer begärdes.', 'A diary number was requested.')],
  'diary-number-assigned': [p('Ärendet diariefördes', 'The case was registered in the diary'), p(': {diaryNumber}, {publicTitle}', ': {diaryNumber}, {publicTitle}'), p('.', '.')],
  'documentation-sent-to-registrar': [
    p('Dokumentationen skickades till registrator', 'The documentation was sent to the registrar'),
    p(': {documents}', ': {documents}'),
    p('.', '.'),
  ],
  'note-added': [p('{kind} antecknades.', '{kind} was noted.'), p(' {text}', ' {text}'), p(' Källa: {source}', ' Source: {source}'), p(' ({authorTitle})', ' ({authorTitle})')],
  'responsibility-assigned': [p('Ansvaret ligger hos {role} vid {unit} ({because}).', 'The responsibility lies with: {role} at {unit} ({because}).'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'case-moved': [p('Ärendet flyttades från {fromUnit} till {toUnit}.', 'The case was moved from {fromUnit} to {toUnit}.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'handover-offered': [
    p('Överlämning {handover} erbjöds', 'Hand-over {handover} was offered'),
    p(' till {toUnit}', ' to {toUnit}'),
    p(' till {toExternal}', ' to {toExternal}'),
    p('.', '.'),
    p(' Skäl: {reason}', ' Reason: {reason}'),
  ],
  'handover-accepted': [
    p('Överlämning {handover} togs emot', 'Hand-over {handover} was accepted'),
    p(' av {toUnit}', ' by {toUnit}'),
    p(' ({receivedBy})', ' ({receivedBy})'),
    p('.', '.'),
    p(' Kvittens: {receipt}', ' Receipt: {receipt}'),
  ],
  'handover-declined': [p('Överlämning {handover} avböjdes.', 'Hand-over {handover} was declined.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'handover-withdrawn': [p('Överlämning {handover} återtogs.', 'Hand-over {handover} was withdrawn.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'conflict-of-interest-declared': [p('Jäv anmäldes: {staff}.', 'Conflict of interest declared: {staff}.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'conflict-of-interest-lifted': [p('Jäv hävdes: {staff}.', 'Conflict of interest lifted: {staff}.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'outcome-without-case-recorded': [
    p('Avskrevs utan ärende: {outcome}', 'Recorded as no case: {outcome}'),
    p(' av {duplicateOf}', ' of {duplicateOf}'),
    p('.', '.'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
  ],
  'immediate-action-recorded': [p('Omedelbar åtgärd vidtogs {takenAt}.', 'Immediate action was taken {takenAt}.'), p(' {text}', ' {text}')],
  'deviation-assessed': [
    p('{group}: bedömdes som {outcome}, kategori {category}.', '{group}: assessed as {outcome}, category {category}.'),
    p(' Rutin {routineId}.', ' Routine {routineId}.'),
    p(' Rutin: {routine}', ' Routine: {routine}'),
    p(' Konsekvens: {consequence}', ' Consequence: {consequence}'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
  ],
  'risk-scored': [
    p('{group}: allvarlighetsgrad {severity} gånger sannolikhet {likelihood} ger riskvärdet {score}. {triggers}', '{group}: severity {severity} times likelihood {likelihood} gives the score {score}. {triggers}'),
    p(' ({because})', ' ({because})'),
    p('.', '.'),
  ],
  'investigation-opened': [p('{group}: {kind} inleddes.', '{group}: {kind} opened.')],
  'investigation-completed': [
    p('{group}: {kind} avslutades.', '{group}: {kind} completed.'),
    p(' Orsaker: {causes}.', ' Causes: {causes}.'),
    p(' Vad som hände: {whatHappened}', ' What happened: {whatHappened}'),
    p(' När: {whenHappened}', ' When: {whenHappened}'),
    p(' Hur det uppmärksammades: {howNoticed}', ' How it was noticed: {howNoticed}'),
    p(' Konsekvenser: {consequences}', ' Consequences: {consequences}'),
    p(' Har det hänt förut: {happenedBefore}', ' Whether it happened before: {happenedBefore}'),
    p(' Kan det hända igen: {couldHappenAgain}', ' Whether it could happen again: {couldHappenAgain}'),
    p(' Vidtagna åtgärder: {measuresTaken}', ' Measures taken: {measuresTaken}'),
    p(' Den enskilde informerad: {individualInformed}.', ' Individual informed: {individualInformed}.'),
    p(' Polisanmälan: {policeReport}.', ' Police report: {policeReport}.'),
  ],
  'investigation-reopened': [p('{group}: {kind} återupptogs.', '{group}: {kind} reopened.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'lex-sarah-escalated': [p('Ärendet lyftes som lex Sarah', 'The case was escalated to lex Sarah'), p(' ({legalBases})', ' ({legalBases})'), p('.', '.'), p(' Grund: {ground}', ' Ground: {ground}')],
  'authority-informed-by-provider': [
    p('Utföraren underrättade nämnden {informedAt}', 'The provider informed the authority {informedAt}'),
    p(' ({how})', ' ({how})'),
    p(', {authority}', ', {authority}'),
    p('.', '.'),
  ],
  'lex-sarah-taken-over': [p('Lex Sarah-ansvarig tog över ärendet.', 'The lex Sarah officer took the case over.')],
  'lex-sarah-investigator-appointed': [p('Lex Sarah-utredare utsågs: {staff}.', 'A lex Sarah investigator was appointed: {staff}.')],
  'lex-sarah-declined': [p('Ärendet avvisades som lex Sarah.', 'The case was declined as lex Sarah.'), p(' Motivering: {motivation}', ' Motivation: {motivation}')],
  'lex-sarah-degree-proposed': [p('Grad föreslogs: {degree}.', 'Degree proposed: {degree}.'), p(' Motivering: {motivation}', ' Motivation: {motivation}')],
  'lex-sarah-decided': [
    p('Lex Sarah beslutades: {degree}.', 'Lex Sarah decided: {degree}.'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
    p(' Delegation: {delegationReference}.', ' Delegation: {delegationReference}.'),
    p(' Föredragande: {presenter}.', ' Presented by: {presenter}.'),
    p(' Anmäls till nämnden {reportedToBoardOn}.', ' Reported to the board on {reportedToBoardOn}.'),
  ],
  'lex-maria-referred': [p('Ärendet lyftes som lex Maria', 'The case was referred to lex Maria'), p(' ({legalBases})', ' ({legalBases})'), p('.', '.'), p(' Grund: {ground}', ' Ground: {ground}')],
  'lex-maria-decided': [
    when('notify', 'Beslut att anmäla enligt lex Maria.', 'Decided to notify under lex Maria.'),
    when('!notify', 'Beslut att inte anmäla enligt lex Maria.', 'Decided not to notify under lex Maria.'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
  ],
  'patient-informed': [
    p('Patienten informerades {informedAt}', 'The patient was informed {informedAt}'),
    p(' ({how})', ' ({how})'),
    when('notedInRecord', ', antecknat i journalen', ', noted in the record'),
    when('!notedInRecord', ', inte antecknat i journalen', ', not noted in the record'),
    p('.', '.'),
    p(' {note}', ' {note}'),
  ],
  'patient-information-waived': [p('Information till patienten avstods.', 'Information to the patient was waived.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'ivo-notification-decided': [
    when('notify', 'Beslut att anmäla till IVO', 'Decided to notify IVO'),
    when('!notify', 'Beslut att inte anmäla till IVO', 'Decided not to notify IVO'),
    p(' ({law}).', ' ({law}).'),
    p(' Motivering: {motivation}', ' Motivation: {motivation}'),
  ],
  'ivo-notification-sent': [
    p('Anmälan ({law}) skickades till IVO {sentAt} ({channel})', 'The notification ({law}) was sent to IVO {sentAt} ({channel})'),
    p(', diarienummer {diaryNumber}', ', diary number {diaryNumber}'),
    p('.', '.'),
    p(' SHA-256 {packageSha256}.', ' SHA-256 {packageSha256}.'),
  ],
  'ivo-receipt-recorded': [
    p('IVO kvitterade anmälan ({law}) {receivedAt}', 'IVO acknowledged the notification ({law}) {receivedAt}'),
    p(', ärendenummer {ivoCaseNumber}', ', case number {ivoCaseNumber}'),
    p('.', '.'),
  ],
  'ivo-investigation-sent': [
    p('Utredningen ({law}) skickades till IVO {sentAt}.', 'The investigation ({law}) was sent to IVO {sentAt}.'),
    p(' SHA-256 {packageSha256}.', ' SHA-256 {packageSha256}.'),
  ],
  'ivo-supplement-requested': [
    p('IVO begärde komplettering {request} ({law}), senast {due}.', 'IVO requested supplement {request} ({law}), due {due}.'),
    p(' {what}', ' {what}'),
  ],
  'ivo-supplement-sent': [
    p('Komplettering {request} ({law}) skickades till IVO {sentAt}.', 'Supplement {request} ({law}) was sent to IVO {sentAt}.'),
    p(' SHA-256 {packageSha256}.', ' SHA-256 {packageSha256}.'),
  ],
  'ivo-extension-granted': [
    p('IVO gav anstånd ({law})', 'IVO granted an extension ({law})'),
    p(' med komplettering {request}', ' of supplement {request}'),
    p(' till {newDue}.', ' until {newDue}.'),
    p(' {document}', ' {document}'),
  ],
  'ivo-decision-received': [p('IVO beslutade {decidedAt} ({law}).', 'IVO decided {decidedAt} ({law}).'), p(' {outcome}', ' {outcome}')],
  'measure-proposed': [
    p(
      'Åtgärd {measureId} föreslogs: {type}, nivå {level}, {timing}. Ansvar: {responsible.role} vid {responsible.unit}, klart {plannedCompletion}.',
      'Measure {measureId} proposed: {type}, level {level}, {timing}. Responsible: {responsible.role} at {responsible.unit}, to be completed {plannedCompletion}.',
    ),
    p(' Ersätter {replaces}.', ' Replaces {replaces}.'),
    p(' {description}', ' {description}'),
    p(' Mål: {goal}', ' Goal: {goal}'),
    p(' Rutin {routineId}.', ' Routine {routineId}.'),
    p(' Rutin: {routine}', ' Routine: {routine}'),
  ],
  'effect-criterion-set': [
    p('Effektmått för {measureId}: {effect.direction}, gräns för godtagbart resultat ', 'Effect criterion of {measureId}: {effect.direction}, limit of the accepted result '),
    p('{effect.lowestAcceptedResult}, kontrolleras {effect.checkOn}.', '{effect.lowestAcceptedResult}, checked on {effect.checkOn}.'),
    p(' {effect.what}', ' {effect.what}'),
  ],
  'measures-decided': [p('Åtgärder beslutades: {decisions}.', 'Measures decided: {decisions}.')],
  'measure-cancelled': [p('Åtgärd {measureId} avbröts.', 'Measure {measureId} was cancelled.'), p(' Motivering: {motivation}', ' Motivation: {motivation}')],
  'no-measures-decided': [p('Beslut att inga åtgärder behövs.', 'Decided that no measures are needed.'), p(' Motivering: {motivation}', ' Motivation: {motivation}')],
  'measure-completed': [p('Åtgärd {measureId} genomfördes {completedAt}.', 'Measure {measureId} was completed {completedAt}.'), p(' Rutin {routineId}.', ' Routine {routineId}.')],
  'measure-effect-checked': [
    p('Effekten av {measureId} kontrollerades: resultat {result}, ', 'The effect of {measureId} was checked: result {result}, '),
    when('accepted', 'godtaget.', 'accepted.'),
    when('!accepted', 'inte godtaget.', 'not accepted.'),
    p(' Rutin {routineId}.', ' Routine {routineId}.'),
    p(' {comment}', ' {comment}'),
  ],
  'feedback-given': [
    p('Återkoppling gavs till {to}', 'Feedback was given to: {to}'),
    p(' ({how})', ' ({how})'),
    p('.', '.'),
    p(' {content}', ' {content}'),
    p(' Åtgärder: {measures}.', ' Measures: {measures}.'),
  ],
  'feedback-waived': [p('Återkoppling till {to} avstås.', 'Feedback waived: {to}.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'deviation-closed': [p('Ärendet avslutades: {outcome}.', 'The case was closed: {outcome}.'), p(' Motivering: {motivation}', ' Motivation: {motivation}')],
  'deviation-reopened': [p('Ärendet återöppnades.', 'The case was reopened.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'access-restricted': [
    p('Åtkomsten begränsades: {because}', 'Access was restricted: {because}'),
    p(' (beslut {decisionReference})', ' (decision {decisionReference})'),
    p('.', '.'),
    p(' Skäl: {reason}', ' Reason: {reason}'),
  ],
  'access-restriction-lifted': [
    p('Åtkomsten begränsas inte längre', 'Access is no longer restricted'),
    p(' (beslut {decisionReference})', ' (decision {decisionReference})'),
    p('.', '.'),
    p(' Skäl: {reason}', ' Reason: {reason}'),
  ],
  'legal-hold-placed': [
    p('Gallringsstopp sattes', 'A legal hold was placed'),
    p(' (beslut {decisionReference})', ' (decision {decisionReference})'),
    p('.', '.'),
    p(' Skäl: {reason}', ' Reason: {reason}'),
  ],
  'legal-hold-lifted': [
    p('Gallringsstoppet hävdes', 'The legal hold was lifted'),
    p(' (beslut {decisionReference})', ' (decision {decisionReference})'),
    p('.', '.'),
    p(' Skäl: {reason}', ' Reason: {reason}'),
  ],
  ...timePhrases,
  ...mailPhrases,
}
/** One item of a list, by the name of its field. */
const itemPhrases: Readonly<Record<string, readonly Phrase[]>> = {
  individuals: [p('{ref}', '{ref}'), p(' {name}', ' {name}'), p(' ({personalNumber})', ' ({personalNumber})')],
  legalBases: [p('{provision} {statute}', '{provision} {statute}')],
  decisions: [p('{measureId} {decision}', '{measureId} {decision}'), p(' ({motivation})', ' ({motivation})')],
  measures: [p('{measureId}', '{measureId}'), p(' {when}', ' {when}')],
  deadlines: deadlineItem,
}

const types = byName(deviationEvents)

/**
 * What an event says, in a sentence or a few: its codes in words and what of its content is in `data`. Fields that are absent, because they were
 * not given or the reader may not see them, are left out. Categories, scales, causes and types of measures have the words of a policy version: the
 * default's unless it is given.
 */
export const summaryOf = (
  event: { readonly type: DeviationEvent['type']; readonly data: Data },
  language: Language,
  unitName: (unit: string) => string = (unit) => unit,
  policy: PolicyWords = wordsOf(),
): string => said(summaries[event.type], types.get(event.type)?.shape ?? {}, event.data, { language, unitName, policy })

export interface Words {
  readonly language: Language
  readonly unitName: (unit: string) => string
  readonly policy: PolicyWords
}
/** What an event says by its phrases: those of which a field is absent, or whose flag is not set, are left out. */
export const said = (phrases: readonly Phrase[], shape: Shape, data: Data, words: Words): string => {
  const values = valuesOf(shape, data, words, '')
  const holds = (flag: string): boolean => (flag.startsWith('!') ? data[flag.slice(1)] === false : data[flag] === true)
  return phrases
    .filter((phrase) => (phrase.when === undefined || holds(phrase.when)) && [...phrase[words.language].matchAll(placeholder)].every(([, name = '']) => values.has(name)))
    .map((phrase) => phrase[words.language].replaceAll(placeholder, (_, name: string) => values.get(name) ?? ''))
    .join('')
}
const placeholder = /\{([\w.]+)\}/g

const valuesOf = (shape: Shape, data: Data, words: Words, at: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const [name, field] of Object.entries(shape)) {
    const value = data[name]
    if (field.shape && field.kind === 'object' && isData(value)) for (const [inner, text] of valuesOf(field.shape, value, words, `${at}${name}.`)) values.set(inner, text)
    else if (name === 'category' && typeof value === 'string') values.set(at + name, words.policy.category(data['group'] === 'health' ? 'health' : 'social', value)[words.language])
    else if ((name === 'severity' || name === 'likelihood') && typeof value === 'number') values.set(at + name, onScale(words.policy.scale(name, value)?.[words.language], value))
    // A reason that is itself the code says nothing more.
    else if (name !== 'reason' || value !== data['because']) {
      const text = worded(name, field, value, words)
      if (text !== undefined && text !== '') values.set(at + name, text)
    }
  }
  return values
}

const onScale = (label: string | undefined, value: number): string => (label === undefined ? String(value) : `${value} (${label.toLowerCase()})`)
const worded = (name: string, field: Field, value: unknown, words: Words): string | undefined => {
  if (Array.isArray(value)) {
    const { items } = field
    return items && value.map((item) => (items.shape && isData(item) ? said(itemPhrases[name] ?? [], items.shape, item, words) : worded(name, items, item, words))).join(', ')
  }
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return undefined
  if (field.codes === codes.causes) return words.policy.cause(value)[words.language]
  if (field.codes === codes.measureTypes) return words.policy.measureType(value)[words.language]
  if (field.codes) return codeLabel(field.codes, value)[words.language]
  if (field.format === 'instant') return localTime.format(Date.parse(value))
  // In a list of deadlines the id is the name.
  if (name === 'deadline' || name === 'id') return deadlineName(value)[words.language]
  if (field.format === 'id' && /^unit$|^authority$|Unit$/.test(name)) return words.unitName(value)
  return value
}
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Date and time of day in Sweden. */
const localTime = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'short' })

const isListName = (name: string): name is keyof typeof labels => Object.hasOwn(labels, name)
const byList: ReadonlyMap<readonly string[], Readonly<Record<string, Labels>>> = new Map(
  Object.entries(codes).flatMap(([name, list]): [readonly string[], Readonly<Record<string, Labels>>][] => (isListName(name) ? [[list, labels[name]]] : [])),
)
/** The words of a code, found by its list; a code that the list does not know stands for itself. */
export const codeLabel = (list: readonly string[], code: string): Labels => byList.get(list)?.[code] ?? { sv: code, en: code }
