import type { Degree, LegalArea, ReportedType } from '#events/codes'
import { healthCategories, ivoLaws, socialCategories } from '#events/codes'
import { deviationEvents, deviationStream, readDeviation } from '#events/deviation'
import { authority, manager, reporter, unitIds, type Municipality } from '#bench/municipality'
import { random as seeded, type Random } from '#bench/random'
import { stored, type Appended } from '#bench/stored'
import type { CaseCommand, Report } from '#libs/deviation/commands'
import { nextAction, say } from '#libs/deadlines/clock'
import { isSame } from '#libs/deadlines/follow'
import { nextOf } from '#libs/deadlines/state'
import { decideDeviation } from '#libs/deviation/decide'
import { decideReport } from '#libs/deviation/report'
import { closingOutcome, groupsOf, mustNotify, nextSteps, type Duty } from '#libs/duties/duties'
import { evolveCase, type CaseFacts, type Seat } from '#libs/duties/facts'
import { owedInTime } from '#libs/duties/limits'
import { byName, type Actor } from '#libs/kernel/event'
import { defaultPolicy } from '#libs/policy/policy'

/**
 * Realistic cases of a mid-size municipality after law §11.2, decided by the real decider, so that every stream keeps the rules. Its
 * parameters are estimates of that section. Deterministic: the same options give the same bytes.
 */
export interface Generation {
  readonly seed: number
  readonly cases: number
  /** Reports are spread evenly from here, so many a year. */
  readonly from: string
  readonly casesPerYear: number
  /** Nothing is recorded from this instant on: cases under way stay open. */
  readonly until: string
  /** How far cases come: to the report only, two commands at most (a backlog), or, unless said, to their closing. */
  readonly stop?: 'reported' | 'backlog'
  /** Of all cases, where they are not drawn. */
  readonly areas?: readonly LegalArea[]
  /** Notes are added until a closed case would have so many events. */
  readonly length?: number
}

const dayMs = 86_400_000
const yearMs = 365 * dayMs
const types = byName(deviationEvents)
const iso = (ms: number): string => new Date(ms).toISOString()
const words = 'Vid morgonbesöket upptäcktes att insatsen inte hade utförts enligt genomförandeplanen; den enskilde mådde efter omständigheterna väl. '.repeat(12)

/** Units differ by a factor of ten in how much they report. */
const unitWeights: Readonly<Record<string, number>> = Object.fromEntries(unitIds.map((unit, i) => [unit, 10 ** (((i * 37) % unitIds.length) / unitIds.length)]))

/** The appends of all cases, in the order of the log. Only the cases under way are in memory. */
export function* generate(options: Generation, town: Municipality): Generator<Appended> {
  const start = Date.parse(options.from)
  const byDay = new Map<number, Appended[]>()
  let day = Math.floor(start / dayMs)
  const days = function* (to: number): Generator<Appended> {
    for (; day < to; day++) {
      const appends = byDay.get(day) ?? []
      byDay.delete(day)
      yield* appends.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    }
  }
  for (let i = 0; i < options.cases; i++) {
    const random = seeded(Math.imul(options.seed, 7919) + i)
    const at = Math.floor(start + ((i + random.next()) / options.casesPerYear) * yearMs)
    yield* days(Math.floor(at / dayMs))
    for (const append of oneCase(random, at, options, town)) {
      if (append.at >= options.until) break
      const on = Math.floor(Date.parse(append.at) / dayMs)
      const others = byDay.get(on)
      if (others) others.push(append)
      else byDay.set(on, [append])
    }
  }
  yield* days(Math.max(day, ...byDay.keys()) + 1)
}

/** What a case is about, drawn once. */
interface Plan {
  readonly type: ReportedType
  readonly areas: readonly LegalArea[]
  readonly lexSarah: boolean
  readonly degree: Degree
  readonly stopsAfter: number
}
const planOf = (random: Random, { stop, areas }: Generation): Plan => {
  const kind = areas ? 'ordinary' : random.weighted({ ordinary: 5_876, lexSarah: 120, view: 600 })
  const lexSarah = kind === 'lexSarah'
  const area = random.weighted<LegalArea>(kind === 'ordinary' ? { HSL: 80, SoL: 13, LSS: 7 } : { SoL: 65, LSS: 35, HSL: 0 })
  const also: LegalArea = area === 'HSL' ? 'SoL' : 'HSL'
  return {
    type: kind === 'view' ? random.weighted({ complaint: 70, suggestion: 20, praise: 10 }) : lexSarah && random.chance(0.5) ? 'misconduct' : random.chance(0.1) ? 'risk' : 'deviation',
    areas: areas ?? (random.chance(0.05) ? [area, also] : [area]),
    lexSarah,
    degree: random.weighted<Degree>({ none: 25, 'tangible-risk': 15, misconduct: 48, 'tangible-risk-of-serious': 3, serious: 9 }),
    stopsAfter: stop === 'reported' ? 0 : stop === 'backlog' ? random.whole(0, 2) : Infinity,
  }
}

const oneCase = function* (random: Random, reportedAt: number, options: Generation, town: Municipality): Generator<Appended> {
  const plan = planOf(random, options)
  const { organisation, staff } = town
  const id = random.id(reportedAt)
  const stream = deviationStream(id)
  const unit = random.weighted(unitWeights)
  const who = reporter(unit, random.whole(1, 3))
  const versions = { policy: defaultPolicy.id, vocabulary: defaultPolicy.id, legalBasis: defaultPolicy.id, organisation: organisation.events }
  let facts: CaseFacts | undefined
  let atMs = reportedAt

  let lastMs = reportedAt
  const append = (events: readonly { readonly type: string; readonly data: object }[], actor: Actor): Appended => {
    const at = iso(atMs)
    lastMs = atMs
    const correlationId = random.id(atMs)
    const meta = { actor, commandId: random.mac(), fingerprint: random.mac(), correlationId, causationId: correlationId, versions }
    const drafts = events.map((event) => stored(types, event, meta, random.id(atMs)))
    const before = facts?.revision
    for (const draft of drafts) {
      const revision: number = (facts?.revision ?? -1) + 1
      facts = evolveCase(facts, readDeviation({ ...draft, stream, revision, recordedAt: at, position: '', size: 0 }))
    }
    return { stream, expected: before ?? 'none', at, drafts }
  }
  const act = (command: CaseCommand, seat: Seat): Appended => {
    if (!facts) throw new Error('A case begins with a report')
    const login = holderOf(seat)
    const acting = { role: seat.role, capacity: seat.role, staff: staff(login) }
    const decision = decideDeviation(command, facts, { now: iso(atMs), acting, policy: defaultPolicy, organisation, isReporter: () => false, subject: staff('utredare') })
    if (decision.kind !== 'events') throw new Error(`${command.intent} of ${id} came to ${JSON.stringify(decision)}`)
    return append(decision.events, { id: staff(login), role: seat.role, unit: seat.unit })
  }

  const report = reportOf(random, plan, unit, reportedAt)
  const decision = decideReport(report, { now: iso(atMs), policy: defaultPolicy, organisation, sender: staff(who), mark: () => random.mac() })
  if (decision.kind !== 'events') throw new Error(`The report came to ${JSON.stringify(decision)}`)
  yield append(decision.events, { id: staff(who), role: 'reporter', unit, ...(random.chance(0.06) && { onBehalfOf: staff(reporter(unit, 1)) }) })

  /** What the clock says of the case until an instant, each at its own. */
  const said = function* (to: number): Generator<Appended> {
    for (;;) {
      const state = facts
      const deadline = state?.deadlines.find((d) => d.next !== undefined && d.next === nextOf(state.deadlines))
      const action = deadline && nextAction(deadline)
      if (!state || !action || Date.parse(action.at) > to) return
      const resumed = atMs
      // What was overdue when it was set is said at once.
      atMs = Math.max(Date.parse(action.at), lastMs)
      const responsible = owedInTime(state).find((duty) => isSame(duty, deadline))?.responsible ?? state.responsible
      yield append(say(action, deadline, { now: iso(atMs), organisation, escalation: defaultPolicy.escalation, responsible, ineligible: () => false }), { id: 'clock', role: 'clock' })
      atMs = resumed
    }
  }

  for (let step = 0; step < plan.stopsAfter && facts; step++) {
    const now: CaseFacts = facts
    const [duty] = nextSteps(now)
    if (!duty || duty.step === 'none') break
    const { length = 0 } = options
    if (step === 0 && random.chance(0.08)) {
      yield* said((atMs += lagMs(random, 0.5, 3)))
      yield act({ intent: 'move', toUnit: random.pick(unitIds.filter((other) => other !== now.unit)), reason: text(random, 60) }, now.manager)
    } else if (step === 0 && plan.type === 'deviation' && !plan.lexSarah && random.chance(0.02)) {
      yield* said((atMs += lagMs(random, 1, 5)))
      yield act({ intent: 'record-no-case', outcome: random.pick(['withdrawn', 'not-reportable'] as const), motivation: text(random, 90) }, now.manager)
    } else if (random.chance(0.12) || (duty.step === 'close' && now.revision < length - 2)) {
      yield* said((atMs += lagMs(random, 0.2, 1)))
      yield act({ intent: 'add-note', text: text(random, 200), kind: random.pick(['fact', 'assessment'] as const), source: text(random, 30) }, now.manager)
    } else {
      const [median, ninth] = lags[duty.step]
      yield* said((atMs += lagMs(random, median, ninth)))
      yield act(commandFor(duty, now, plan, random, atMs), duty.responsible)
    }
  }
  yield* said(Date.parse(options.until))
}

const lagMs = (random: Random, median: number, ninth: number): number => Math.ceil(Math.min(random.lag(median, ninth), 400) * dayMs) + 1_000
const text = (random: Random, median: number): string => words.slice(0, Math.ceil(Math.min(random.lag(median, median * 3), words.length)))
const holderOf = ({ role, unit }: Seat): string => {
  const single: Readonly<Record<string, string>> = {
    'medical-officer': 'mas',
    'lex-sarah-officer': 'sas',
    'lex-sarah-investigator': 'utredare',
    'decision-maker': 'ordforande',
    director: 'forvaltningschef',
    registrar: 'registrator',
  }
  return single[role] ?? (role === 'area-manager' ? 'chef-omrade-1' : unit === authority ? 'forvaltningschef' : manager(unit))
}

/** Falls gather in the evening and the early morning. */
const occurred = (random: Random, reportedAt: number, health: boolean): number => {
  const at = reportedAt - lagMs(random, 0.3, 4)
  if (!health || random.chance(0.5)) return at
  const day = Math.floor(at / dayMs) * dayMs
  const hour = random.chance(0.6) ? random.whole(15, 18) : random.whole(4, 6)
  return Math.min(at, day + hour * 3_600_000 + random.whole(0, 59) * 60_000)
}
const reportOf = (random: Random, { type, areas }: Plan, unit: string, reportedAt: number): Report => {
  const isView = type === 'complaint' || type === 'suggestion' || type === 'praise'
  const about = random.weighted({ person: 92, none: 4, group: 3, operation: 1 })
  const wantsFeedback = random.chance(isView ? 0.8 : 0.25)
  return {
    intent: 'report',
    origin: isView ? random.pick(['individual', 'relative'] as const) : random.weighted({ staff: 95, contractor: 4, 'own-review': 1 }),
    channel: isView ? random.pick(['e-service', 'letter', 'phone', 'contact-centre'] as const) : 'web',
    reportedType: type,
    legalAreas: areas,
    unit,
    occurredAt: iso(occurred(random, reportedAt, areas.includes('HSL'))),
    concerns: about === 'person' || about === 'none' ? 'person' : about,
    ...(about === 'person' && { individuals: [{ name: 'Tolvan Tolvansson', personalNumber: '191212121212', protectedIdentity: random.chance(0.01) }] }),
    description: text(random, 300),
    ...(random.chance(0.7) && { immediateMeasures: text(random, 120) }),
    ...(random.chance(0.3) && { suggestedMeasures: text(random, 100) }),
    reporter: { name: 'Anna Andersson', title: 'Undersköterska' },
    wantsFeedback,
  }
}

type Lag = readonly [medianDays: number, ninthDays: number]
/** Days from one step to the next: assessed after 3 (12), closed after about 35 (95). */
const lags: Readonly<Record<Duty['step'], Lag>> = {
  acknowledge: [0.7, 2],
  'assign-diary-number': [0.5, 2],
  assess: [3, 12],
  'score-risk': [0.02, 1],
  investigate: [1, 4],
  'complete-investigation': [10, 25],
  'escalate-or-clear': [0.3, 2],
  'take-over-lex-sarah': [1, 4],
  'appoint-investigator': [1, 3],
  'propose-degree': [20, 45],
  'decide-degree': [6, 20],
  'decide-ivo': [0.1, 1],
  'send-ivo': [0.5, 2],
  'record-ivo-receipt': [2, 6],
  'send-ivo-investigation': [20, 50],
  'answer-ivo': [8, 20],
  'decide-lex-maria': [5, 15],
  'inform-patient': [0.5, 2],
  'answer-handover': [1, 3],
  'inform-authority': [0.5, 2],
  'propose-measures': [4, 14],
  'decide-measures': [1, 6],
  'complete-measures': [12, 35],
  'check-effect': [8, 25],
  'give-feedback': [2, 8],
  'answer-complaint': [9, 20],
  'send-to-registrar': [0.5, 4],
  close: [4, 20],
  none: [0, 0],
}

const healthCategory = { fall: 52, 'lakemedel-utebliven-dos': 19, 'lakemedel-fel-dos': 13, trycksar: 3, nutrition: 2, informationsoverforing: 4, annat: 7 }
const socialCategory = {
  'insats-utebliven': 27,
  'insats-fel-utford': 15,
  'rutin-foljs-ej': 15,
  bemotande: 12,
  rattssakerhet: 7,
  dokumentation: 7,
  'fysisk-miljo-teknik': 9,
  ekonomi: 3,
  'vald-mellan-brukare': 4,
  annat: 1,
}
const severities = { 1: 62, 2: 29, 3: 8, 4: 1 }
const likelihoods = { 1: 30, 2: 38, 3: 24, 4: 8 }

/** The command that takes the next step of a case. */
const commandFor = ({ step, subject, responsible }: Duty, facts: CaseFacts, plan: Plan, random: Random, atMs: number): CaseCommand => {
  const at = iso(atMs)
  const group = subject === 'health' || subject === 'social' ? subject : (groupsOf(facts)[0] ?? 'social')
  const measureId = subject ?? 'm1'
  const law = ivoLaws.find((named) => subject?.startsWith(named)) ?? 'lex-sarah'
  switch (step) {
    case 'acknowledge':
      return { intent: 'acknowledge', to: 'Anmälaren', how: 'brev' }
    case 'assign-diary-number':
      return { intent: 'assign-diary-number', diaryNumber: `VON 2020/${random.whole(100, 9_999)}`, publicTitle: 'Synpunkt' }
    case 'assess': {
      const suspected = group === 'social' && plan.lexSarah && !facts.everSuspected
      // Four a year in 6,000: some of what health care assesses may be a serious care injury.
      const injury = group === 'health' && facts.lexMaria.step === 'none' && random.chance(0.001)
      const outcome = suspected ? 'suspected-misconduct' : injury ? 'suspected-care-injury' : random.weighted({ deviation: 82, 'risk-of-deviation': 9, 'not-a-deviation': 9 })
      const category = group === 'health' ? random.weighted(healthCategory) : random.weighted(socialCategory)
      return { intent: 'assess', group, outcome, category, consequence: text(random, 60), motivation: text(random, 80) }
    }
    case 'score-risk':
      return { intent: 'score-risk', group, severity: Number(random.weighted(severities)), likelihood: Number(random.weighted(likelihoods)) }
    case 'investigate':
      return responsible.role === 'lex-sarah-investigator' ? { intent: 'open-investigation', kind: 'lex-sarah', group: 'social' } : { intent: 'open-investigation', kind: 'standard', group }
    case 'complete-investigation':
      return {
        intent: 'complete-investigation',
        group: responsible.role === 'lex-sarah-investigator' ? 'social' : group,
        whatHappened: text(random, 500),
        consequences: text(random, 120),
        howNoticed: text(random, 80),
        whenHappened: text(random, 40),
        causes: [random.weighted({ kommunikation: 25, 'rutin-foljs-ej': 25, organisation: 15, kompetens: 15, tidsbrist: 10, teknik: 5, annat: 5 })],
        happenedBefore: text(random, 60),
        couldHappenAgain: text(random, 60),
        individualInformed: random.pick(['yes', 'no', 'not-relevant'] as const),
        policeReport: 'no',
      }
    case 'escalate-or-clear':
      if (subject === 'health') return { intent: 'refer-to-lex-maria', ground: text(random, 200) }
      return { intent: 'escalate-to-lex-sarah', ground: text(random, 200) }
    case 'take-over-lex-sarah':
      return { intent: 'take-over-lex-sarah' }
    case 'appoint-investigator':
      return { intent: 'appoint-investigator', subject: 'utredare' }
    case 'propose-degree':
      return { intent: 'propose-degree', degree: plan.degree, motivation: text(random, 200) }
    case 'decide-degree':
      return { intent: 'decide-degree', degree: plan.degree, motivation: text(random, 200), presenter: 'Utredaren' }
    case 'decide-ivo':
      return { intent: 'decide-ivo-notification', law, notify: mustNotify(plan.degree), motivation: text(random, 100) }
    case 'send-ivo':
      return { intent: 'record-ivo-sent', law, channel: 'e-service', sentAt: at, diaryNumber: `VON 2020/${random.whole(100, 9_999)}` }
    case 'record-ivo-receipt':
      return { intent: 'record-ivo-receipt', law, ivoCaseNumber: `3.1.2-${random.whole(1_000, 99_999)}/2020`, receivedAt: at }
    case 'send-ivo-investigation':
      return { intent: 'record-ivo-investigation-sent', law, sentAt: at }
    case 'answer-ivo':
      return { intent: 'record-ivo-supplement', law, sentAt: at }
    case 'decide-lex-maria':
      return { intent: 'decide-lex-maria', notify: random.chance(0.6), motivation: text(random, 200) }
    case 'inform-patient':
      return { intent: 'inform-patient', informedAt: at, how: 'samtal', notedInRecord: true }
    case 'answer-handover':
      return { intent: 'accept-handover', receivedBy: 'Mottagaren' }
    case 'inform-authority':
      return { intent: 'inform-authority', informedAt: at, how: 'brev' }
    case 'propose-measures':
      return random.chance(0.35)
        ? { intent: 'decide-no-measures', motivation: text(random, 80) }
        : {
            intent: 'propose-measure',
            type: random.weighted({ rutin: 20, information: 25, utbildning: 12, handledning: 10, bemanning: 6, teknik: 7, genomforandeplan: 12, riskbedomning: 8 }),
            level: random.weighted({ individual: 45, unit: 48, operation: 7 }),
            timing: random.weighted({ corrective: 55, preventive: 35, immediate: 10 }),
            description: text(random, 150),
            goal: text(random, 80),
            responsibleUnit: facts.unit,
            plannedCompletion: iso(atMs + 30 * dayMs).slice(0, 10),
            effect: { what: text(random, 60), direction: 'up', lowestAcceptedResult: 8, checkOn: iso(atMs + 60 * dayMs).slice(0, 10) },
          }
    case 'decide-measures':
      return { intent: 'decide-measures', decisions: [{ measureId, decision: 'approved' }] }
    case 'complete-measures':
      return { intent: 'complete-measure', measureId, completedAt: at }
    case 'check-effect':
      return { intent: 'check-effect', measureId, result: random.whole(7, 12), comment: text(random, 40) }
    case 'give-feedback':
      return { intent: 'give-feedback', to: facts.reportedType === 'praise' ? 'staff-group' : 'reporter', how: 'samtal', content: text(random, 120) }
    case 'answer-complaint':
      return random.chance(0.9)
        ? { intent: 'give-feedback', to: 'complainant', how: 'brev', content: text(random, 250) }
        : { intent: 'waive-feedback', to: 'complainant', reason: 'Avsändaren är okänd' }
    case 'send-to-registrar':
      return { intent: 'send-to-registrar' }
    case 'close':
    case 'none':
      return { intent: 'close', outcome: closingOutcome(facts), motivation: text(random, 60) }
  }
}

/** Categories that the weights above must know: a renamed code does not compile. */
export type Categories = Readonly<Record<(typeof healthCategories)[number] | Exclude<(typeof socialCategories)[number], 'overgrepp'>, number>>
