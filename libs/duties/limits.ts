import { ivoLaws, type DeadlineKey } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'
import { isSame, type Owed } from '#libs/deadlines/follow'
import { isRunning, nearest, type Deadline } from '#libs/deadlines/state'
import { careInjuryStands, escalationStands, isMisconduct, mustNotify, openDuties, suspicionStands, type Duty } from '#libs/duties/duties'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import type { Step } from '#libs/duties/codes'

const owed = (key: DeadlineKey, responsible: Seat, more: { readonly subject?: string; readonly day?: string } = {}): Owed => ({ key, responsible, ...more })
/** The duties of a step as one deadline: it runs until the last of them is done. */
const asOne = (key: DeadlineKey, duties: readonly Duty[], step: Step, hinders?: Duty['hinders']): Owed[] => {
  const duty = duties.find((d) => d.step === step && (hinders === undefined || d.hinders === hinders))
  return duty ? [owed(key, duty.responsible)] : []
}

/**
 * What a case owes in time (case format §6): a pure function of its facts, as the open duties are, so that no command can forget to set, meet or end
 * a deadline. The deadlines that run are those of what is owed.
 */
export const owedInTime = (facts: CaseFacts): readonly Owed[] => {
  const duties = openDuties(facts)
  return [...(facts.closed || facts.noCase ? [] : whileOpen(facts, duties)), ...towardsIvo(facts, duties)]
}

const whileOpen = (facts: CaseFacts, duties: readonly Duty[]): readonly Owed[] => {
  const { lexSarah, handover } = facts
  const track = duties.find((d) => d.hinders === 'lex-sarah-undecided')
  return [
    ...asOne('acknowledge', duties, 'acknowledge'),
    ...asOne('assess', duties, 'assess'),
    ...protection(facts),
    ...asOne('start-investigation', duties, 'investigate', 'investigation-required'),
    ...asOne('answer-complaint', duties, 'answer-complaint'),
    ...(lexSarah.step === 'escalated' && track ? [owed('lex-sarah-assessment', track.responsible)] : []),
    ...(lexSarah.step === 'taken-over' && track ? [owed('investigate-lex-sarah', track.responsible)] : []),
    ...asOne('inform-patient', duties, 'inform-patient'),
    ...asOne('inform-authority', duties, 'inform-authority'),
    ...(handover ? asOne('answer-handover', duties, 'answer-handover') : []),
    ...duties.flatMap((d) => ofMeasure(facts, d)),
    owed('close', closer(facts)),
  ]
}
/** Genast: what a suspicion requires at once, until an immediate action is recorded or the suspicion is settled. */
const protection = (facts: CaseFacts): Owed[] => {
  if (!facts.unprotected) return []
  if (escalationStands(facts)) return [owed('protect', facts.responsible)]
  if (suspicionStands(facts)) return [owed('protect', facts.manager)]
  return careInjuryStands(facts) || facts.lexMaria.step === 'referred' ? [owed('protect', { role: 'medical-officer', unit: facts.unit })] : []
}
/** A measure that is to be carried out, and its effect to be checked, each on a day of its own. */
const ofMeasure = (facts: CaseFacts, { step, hinders, responsible, subject }: Duty): Owed[] => {
  const measure = facts.measures.find((m) => m.id === subject)
  if (!measure || subject === undefined) return []
  const check = measure.criterion ? [owed('check-effect', responsible, { subject, day: measure.criterion.checkOn })] : []
  if (hinders === 'measure-not-completed') return [owed('complete-measure', responsible, { subject, day: measure.plannedCompletion }), ...check]
  return step === 'check-effect' ? check : []
}
/** With whom the case as a whole lies; a degree other than none is the officer's to close. */
const closer = (facts: CaseFacts): Seat => (isMisconduct(facts) ? { role: 'lex-sarah-officer', unit: facts.unit } : facts.responsible)

/** Notification to IVO and what follows it; it goes on when the case is closed. */
const towardsIvo = (facts: CaseFacts, duties: readonly Duty[]): readonly Owed[] =>
  ivoLaws.flatMap((law) => {
    const ivo = facts.ivo[law]
    const decides = duties.find((d) => d.step === 'decide-ivo' && d.subject === law)
    const sends = duties.find((d) => d.step === 'send-ivo' && d.subject === law)
    const { lexSarah } = facts
    // A serious degree must be notified: the clock does not wait for the decision.
    const must = law === 'lex-sarah' && lexSarah.step === 'decided' && mustNotify(lexSarah.degree)
    const notify = sends ?? (must ? decides : undefined)
    const follows = law !== 'deficient-private-operator' && ivo?.notify && ivo.investigation === undefined && !ivo.decided
    const completes = duties.find((d) => d.step === 'send-ivo-investigation' && d.subject === law) ?? sends
    return [
      ...(notify ? [owed('notify-ivo', notify.responsible, { subject: law })] : []),
      ...(follows && completes ? [owed('complete-ivo-investigation', completes.responsible, { subject: law })] : []),
      ...(ivo?.requests ?? []).flatMap(({ request, due }) => {
        const duty = duties.find((d) => d.step === 'answer-ivo' && d.subject === `${law}/${request}`)
        return duty ? [owed('answer-ivo', duty.responsible, { subject: String(request), day: due })] : []
      }),
    ]
  })

/** The event types that meet each deadline; of those that are about a measure, a law or a request, the ones that name it. */
const meets: Readonly<Partial<Record<DeadlineKey, readonly DeviationEvent['type'][]>>> = {
  acknowledge: ['receipt-acknowledged'],
  assess: ['deviation-assessed'],
  protect: ['immediate-action-recorded'],
  'start-investigation': ['investigation-opened'],
  'answer-complaint': ['feedback-given'],
  'lex-sarah-assessment': ['lex-sarah-taken-over', 'lex-sarah-declined'],
  'investigate-lex-sarah': ['lex-sarah-decided'],
  'notify-ivo': ['ivo-notification-sent'],
  // Complete when the notification was sent, it went with it.
  'complete-ivo-investigation': ['ivo-investigation-sent', 'ivo-notification-sent'],
  'answer-ivo': ['ivo-supplement-sent'],
  'inform-patient': ['patient-informed', 'patient-information-waived'],
  'inform-authority': ['authority-informed-by-provider'],
  'answer-handover': ['handover-accepted', 'handover-declined', 'handover-withdrawn'],
  'complete-measure': ['measure-completed'],
  'check-effect': ['measure-effect-checked'],
  close: ['deviation-closed'],
}
/** Fields that name what an event is about, and those that say when it happened, as against when it was recorded. */
const names = ['law', 'measureId', 'request'] as const
const happened = ['at', 'takenAt', 'informedAt', 'sentAt', 'completedAt'] as const
interface Decided {
  readonly type: string
  readonly data: object
}
const field = ({ data }: Decided, name: string): unknown => Reflect.get(data, name)

/** When a deadline was met by one of some events that were decided now: when it happened, where the event says so. Undefined when none meets it. */
export const metBy = (deadline: Pick<Deadline, 'key' | 'subject'>, events: readonly Decided[], now: string): string | undefined => {
  const { key, subject } = deadline
  const event = events.find((e) => meets[key]?.some((type) => type === e.type) && (subject === undefined || names.some((name) => String(field(e, name)) === subject)))
  if (!event) return undefined
  const at = happened.map((name) => field(event, name)).find((value) => typeof value === 'string')
  return at ?? now
}

/** Steps that closing does not wait for. */
const besideClosing: ReadonlySet<Step> = new Set<Step>(['assign-diary-number', 'answer-ivo', 'send-ivo-investigation', 'none'])

/** The running deadline that a step waits under: its own where it has one, else, where closing waits for it, that of closing the case. */
export const deadlineOf = (facts: CaseFacts, { step, subject }: Duty): Deadline | undefined => {
  const running = facts.deadlines.filter(isRunning)
  const own = ownOf(step, subject)
  const found = own && running.find((d) => isSame(d, own))
  return found ?? (besideClosing.has(step) ? undefined : running.find(({ key }) => key === 'close'))
}
/** The deadline that a step has of its own. A step of the lex Sarah investigation names no group. */
const ownOf = (step: Step, subject: string | undefined): Pick<Owed, 'key' | 'subject'> | undefined => {
  switch (step) {
    case 'acknowledge':
    case 'assess':
    case 'answer-complaint':
    case 'inform-patient':
    case 'inform-authority':
    case 'answer-handover':
      return { key: step }
    case 'escalate-or-clear':
      return { key: 'protect' }
    case 'investigate':
      return { key: subject === undefined ? 'investigate-lex-sarah' : 'start-investigation' }
    case 'complete-investigation':
      return subject === undefined ? { key: 'investigate-lex-sarah' } : undefined
    case 'take-over-lex-sarah':
      return { key: 'lex-sarah-assessment' }
    case 'appoint-investigator':
    case 'propose-degree':
    case 'decide-degree':
      return { key: 'investigate-lex-sarah' }
    case 'decide-ivo':
    case 'send-ivo':
      return about('notify-ivo', subject)
    case 'send-ivo-investigation':
      return about('complete-ivo-investigation', subject)
    case 'answer-ivo':
      return about('answer-ivo', subject?.split('/')[1])
    case 'complete-measures':
      return about('complete-measure', subject)
    case 'check-effect':
      return about('check-effect', subject)
    case 'score-risk':
    case 'decide-lex-maria':
    case 'propose-measures':
    case 'decide-measures':
    case 'give-feedback':
    case 'send-to-registrar':
    case 'close':
    case 'assign-diary-number':
    case 'record-ivo-receipt':
    case 'none':
      return undefined
  }
}
const about = (key: DeadlineKey, subject: string | undefined): Pick<Owed, 'key' | 'subject'> => (subject === undefined ? { key } : { key, subject })
/** The deadline of a case that comes first. */
export const nearestDeadline = (facts: CaseFacts): Deadline | undefined => nearest(facts.deadlines)
