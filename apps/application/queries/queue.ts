import type { Role } from '#events/codes'
import { loadCase, type Context } from '#apps/application/context'
import type { Answer, Language, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsOver, unitAsked, type Asker, type Json } from '#apps/application/queries/asker'
import { limitedView, riskOf } from '#apps/application/queries/case-page'
import { limitOf, notACursor, pageOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment, type Moment } from '#apps/application/queries/past'
import { reportTitle, seatText, titleOf } from '#apps/application/queries/words'
import type { Deadline } from '#libs/deadlines/state'
import { daysBetween, stockholmDay } from '#libs/calendar/days'
import { barred, type Access } from '#libs/deviation/access'
import { accountableAt } from '#libs/deviation/responsibility'
import { responsibleRoles } from '#libs/deviation/seats'
import { stepCode } from '#libs/duties/codes'
import { nextSteps, phaseOf } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { deadlineOf, nearestDeadline } from '#libs/duties/limits'
import { caseNumber } from '#libs/duties/number'
import type { StoredRow } from '#libs/kernel/projection'
import { mayActAs, rolesAbove } from '#libs/organisation/chain'
import { below, holders, holds } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import type { Policies } from '#libs/policy/versions'
import { queue as queueProjection } from '#projections/queue/queue'

export type QueueView = 'open' | 'mine' | 'unassigned' | 'overdue'

/** Roles that have a queue: those that act on cases, and those that watch over how they are handled. */
export const queueRoles: readonly Role[] = [
  'unit-manager',
  'area-manager',
  'director',
  'lex-sarah-officer',
  'lex-sarah-investigator',
  'medical-officer',
  'decision-maker',
  'registrar',
  'quality-developer',
  'compliance-officer',
  'auditor',
]
const order = ['due_key', 'received'] as const
const place = placeBy(...order)

/**
 * What waits at a unit and, where the asker's roles reach, at those below it: by due date (none last), received time and id. Each unit is a
 * stretch of an index. Who may see a case is judged by its facts of today, also in a queue of the past.
 */
export const queue = async (
  context: Context,
  q: QueryRequest,
  unit: string,
  options: Paging & { readonly view?: QueueView | undefined; readonly at?: string | undefined } = {},
): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, order.length + 1)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  const allowed = unitAsked(asker, queueRoles, unit)
  if (allowed !== 'allowed') return allowed
  const { view = 'open', at } = options
  return atMoment(context, queueProjection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const units = unitsOf(asker, unit)
    const anyOf = [...units].flatMap((id) => conditionsOf(view, id, asker, moment))
    const sight: QueueSight = { asker, units, view, moment, policies: await context.policies(), language: q.language }
    const rows = walk(moment.readModel, queueProjection.name, { anyOf, order, ...(after && { after }) }, limitOf(options))
    const page = await pageOf(rows, options, place, async (batch) => {
      const cases = batch.map((row) => stateOf(queueProjection, row))
      const today = moment.past ? await factsToday(context, cases) : cases
      const access = await accessToEach(context, asker, today)
      return cases.map((facts, i) => queueRow(sight, { facts, columns: batch[i]?.columns ?? {} }, access[i] ?? 'none'))
    })
    return { kind: 'found', body: page, position: moment.position }
  })
}

/** The units whose queue it is for the asker: the one asked about and what is below it, where a role of hers reaches. */
export const unitsOf = (asker: Asker, unit: string): ReadonlySet<string> => new Set(below(asker.organisation, unit).filter((id) => holdsOver(asker, queueRoles, id)))

/** Whose queue it is, of which units, in which view, and when. */
export interface QueueSight {
  readonly asker: Asker
  readonly units: ReadonlySet<string>
  readonly view: QueueView
  readonly moment: Pick<Moment, 'organisation' | 'instant'>
  readonly policies: Policies
  readonly language: Language
}
/** A case as the projection has it. */
export interface QueueCase {
  readonly facts: CaseFacts
  readonly columns: StoredRow['columns']
}

/**
 * The row of one case in an asker's queue, by her access to it; undefined when it does not stand there: it belongs to other units or another view, or she
 * does not see it as one who handles or watches over it. The list and what is told live are both made of it.
 */
export const queueRow = (sight: QueueSight, { facts, columns }: QueueCase, access: Access): Json | undefined => {
  const { asker, units, view, moment, policies, language } = sight
  // Offered from a unit that is asked about as well, it stands there already.
  const isOffered = columns['offered'] === facts.handover?.toUnit && !units.has(facts.unit)
  if (!isOffered && !units.has(facts.unit)) return undefined
  const places = [...new Set([columns['unit'], columns['offered']])].filter((id): id is string => typeof id === 'string' && units.has(id))
  if (!places.some((id) => conditionsOf(view, id, asker, moment).some((where) => where.every((wanted) => meets(wanted, columns))))) return undefined
  if (view === 'mine' && !isMine(facts, asker, moment)) return undefined
  return rowOf(facts, access, moment, policies, language)
}

const factsToday = (context: Context, cases: readonly CaseFacts[]): Promise<readonly CaseFacts[]> =>
  Promise.all(cases.map(async (facts) => (await loadCase(context.store, facts.id))?.facts ?? facts))

/** Whether the asker holds the role that is responsible for the case, stands in for it while nobody holds it, or holds one that some step waits for. */
const isMine = (facts: CaseFacts, { staff }: Asker, { organisation, instant }: QueueSight['moment']): boolean => {
  if (staff === undefined) return false
  const { unit, responsible } = facts
  const own = [{ ...responsible, unit }, ...nextSteps(facts).map((d) => d.responsible)]
  if (own.some((seat) => holds(organisation, staff, seat.role, seat.unit, instant))) return true
  return isVacant(facts, organisation, instant) && mayActAs(organisation, staff, responsible.role, unit, instant, barred(facts, { organisation, now: instant }))
}
/** Whether nobody holds the role that is responsible for the case. */
const isVacant = ({ unit, responsible }: CaseFacts, organisation: Organisation, instant: string): boolean => holders(organisation, responsible.role, unit, instant).length === 0

/** What the views ask of a row. */
type Wanted = { readonly column: string; readonly is: '=' | '<='; readonly value: string | number }
const meets = ({ column, is, value }: Wanted, columns: QueueCase['columns']): boolean => {
  const found = columns[column] ?? null
  return is === '=' ? found === value : found !== null && found <= value
}
/** The stretches of the indices that a view of one unit consists of: its own cases, and those that are offered to it. */
const conditionsOf = (view: QueueView, unit: string, asker: Asker, { organisation, instant }: QueueSight['moment']): readonly (readonly Wanted[])[] => {
  const here: Wanted = { column: 'unit', is: '=', value: unit }
  const open: readonly Wanted[] = [here, { column: 'open', is: '=', value: 1 }]
  const offered: readonly Wanted[] = [{ column: 'offered', is: '=', value: unit }]
  const { staff } = asker
  const roles = (isWanted: (role: Role) => boolean, more: readonly Wanted[] = []) =>
    responsibleRoles.filter(isWanted).map((role): readonly Wanted[] => [...open, { column: 'role', is: '=', value: role }, ...more])
  switch (view) {
    case 'open':
      return [open, offered]
    case 'mine': {
      // Where every step is the responsible role's, the index finds the role; the others are looked through.
      const holdsOne = (all: readonly Role[]): boolean => staff !== undefined && all.some((role) => holds(organisation, staff, role, unit, instant))
      const isNobodys = (role: Role): boolean => holders(organisation, role, unit, instant).length === 0
      const held = roles((role) => holdsOne([role]) || (isNobodys(role) && holdsOne(rolesAbove(role))), [{ column: 'others', is: '=', value: 0 }])
      return [...held, [here, { column: 'others', is: '=', value: 1 }], offered]
    }
    case 'unassigned':
      return roles((role) => holders(organisation, role, unit, instant).length === 0)
    case 'overdue':
      return [[...open, { column: 'due_key', is: '<=', value: instant }]]
  }
}

/** The seat that answers for a case while nobody who can holds its own. */
const standInText = (facts: CaseFacts, organisation: Organisation, instant: string): string | null => {
  const { standIn } = accountableAt(facts, organisation, instant)
  return standIn ? `${standIn.role}@${standIn.unit}` : null
}

/** The day and the instant of a deadline, and whether it has passed. */
const dueOf = (deadline: Deadline | undefined, instant: string) => ({
  due: deadline?.due ?? null,
  dueInstant: deadline?.dueInstant ?? null,
  overdue: deadline !== undefined && deadline.dueInstant <= instant,
})

/** One case as a row; undefined for a case that the asker does not see as one who handles or watches over it. */
const rowOf = (facts: CaseFacts, access: Access, { organisation, instant }: QueueSight['moment'], policies: Policies, language: Language): Json | undefined => {
  const ageDays = daysBetween(stockholmDay(facts.receivedAt), stockholmDay(instant))
  if (access === 'limited')
    return { ...limitedView(facts), title: null, nextStep: null, due: null, overdue: null, risk: null, lexSarah: null, ageDays, responsible: null, vacant: null, standIn: null }
  if (access === 'informed' && facts.handover?.toUnit !== undefined)
    return {
      ...limitedView(facts),
      title: reportTitle(facts, organisation, language),
      unit: facts.unit,
      reportedType: facts.reportedType,
      nextStep: 'answer-handover',
      ...dueOf(deadlineOf(facts, { step: 'answer-handover', responsible: facts.responsible }), instant),
      risk: {},
      lexSarah: null,
      ageDays,
      responsible: seatText(organisation, { role: 'unit-manager', unit: facts.handover.toUnit }, instant),
      vacant: holders(organisation, 'unit-manager', facts.handover.toUnit, instant).length === 0,
      standIn: null,
    }
  if (access !== 'full' && access !== 'masked') return undefined
  return {
    id: facts.id,
    number: caseNumber(facts.id),
    title: titleOf(facts, organisation, policies, language),
    revision: facts.revision,
    unit: facts.unit,
    phase: phaseOf(facts),
    reportedType: facts.reportedType,
    nextStep: stepCode(nextSteps(facts)[0]?.step ?? 'none'),
    ...dueOf(nearestDeadline(facts), instant),
    risk: riskOf(facts),
    lexSarah: facts.lexSarah.step === 'none' ? null : facts.lexSarah.step,
    reportedAt: facts.reportedAt,
    receivedAt: facts.receivedAt,
    ageDays,
    responsible: seatText(organisation, { ...facts.responsible, unit: facts.unit }, instant),
    vacant: isVacant(facts, organisation, instant),
    standIn: standInText(facts, organisation, instant),
  }
}
