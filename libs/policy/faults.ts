import * as codes from '#events/codes'
import { policyParts, type PolicyPart, type PolicyParts } from '#events/policy'
import type { FieldFault } from '#libs/kernel/outcome'

/** What is wrong with a part beyond its shape: pointers below the part, such as `/legalBases/3/before`. Empty for a part that may be published. */
export const partFaults = <P extends PolicyPart>(part: P, value: PolicyParts[P]): readonly FieldFault[] => checks[part](value).map((fault) => ({ ...fault, pointer: `/${part}${fault.pointer}` }))
export const isPolicyPart = (name: string): name is PolicyPart => Object.hasOwn(policyParts, name)

const checks: { readonly [P in PolicyPart]: (value: PolicyParts[P]) => readonly FieldFault[] } = {
  scales: ({ severity, likelihood }) => [...onEvery(severity, ({ value }) => String(value), scaleValues, '/severity', 'value'), ...onEvery(likelihood, ({ value }) => String(value), scaleValues, '/likelihood', 'value')],
  risk: (risk) =>
    codes.groups.flatMap((group) => {
      const { score, severity, combine } = risk[group]
      const missing = score === undefined && severity === undefined ? 'score' : combine === 'and' && score === undefined ? 'score' : combine === 'and' && severity === undefined ? 'severity' : undefined
      return missing === undefined ? [] : [{ pointer: `/${group}/${missing}`, code: 'required' }]
    }),
  vocabulary: ({ social, health }) => [...categoryFaults(social, codes.socialCategories, '/social'), ...categoryFaults(health, codes.healthCategories, '/health')],
  causes: (causes) => onEvery(causes, ({ code }) => code, codes.causes, '', 'code'),
  measureTypes: (types) => onEvery(types, ({ code }) => code, codes.measureTypes, '', 'code'),
  deadlines: (deadlines) => [
    ...onEvery(deadlines, ({ key }) => key, codes.deadlineKeys, '', 'key'),
    ...deadlines.flatMap(({ countedFrom, due }, i): FieldFault[] => {
      const own = countedFrom === 'own-date' || countedFrom === 'interval'
      if (own === (due === undefined)) return []
      return [{ pointer: `/${i}/due`, code: own ? 'due-needless' : 'required' }]
    }),
  ],
  escalation: (chains) => [
    ...repeated(chains, ({ role }) => role, '', 'role'),
    ...chains.flatMap(({ role, to }, i) => [
      ...repeated(to, (above) => above, `/${i}/to`),
      ...(to.includes(role) ? [{ pointer: `/${i}/to/${to.indexOf(role)}`, code: 'escalates-to-itself' }] : []),
    ]),
  ],
  legalBases: (bases) => [
    ...bases.flatMap(({ from, before }, i) => (from !== undefined && before !== undefined && before <= from ? [{ pointer: `/${i}/before`, code: 'dates-reversed' }] : [])),
    ...bases.flatMap((basis, i) => (bases.slice(0, i).some((earlier) => overlap(earlier, basis)) ? [{ pointer: `/${i}/from`, code: 'basis-overlaps' }] : [])),
    // Every report names its legal bases, so they have no end and no gap.
    ...codes.legalAreas.flatMap((area): FieldFault[] => (isGapless(bases.filter((b) => b.duty === 'report' && b.area === area)) ? [] : [{ pointer: '', code: 'basis-missing', params: { area } }])),
  ],
  delegation: (delegation) => [
    ...missing(delegation.map(({ decision }) => decision), codes.delegatedDecisions, ''),
    ...repeated(delegation, ({ decision, role }) => `${decision} ${role}`, '', 'role'),
  ],
  retention: (classes) => [
    ...repeated(classes, (c) => c.class, '', 'class'),
    ...classes.flatMap((c, i): FieldFault[] => [
      ...(isChosenCode(c.class) ? [] : [{ pointer: `/${i}/class`, code: 'not-an-id' }]),
      ...((c.action === 'preserve') === (c.years === undefined) ? [] : [{ pointer: `/${i}/years`, code: c.years === undefined ? 'required' : 'years-needless' }]),
    ]),
  ],
  routines: () => [],
}

const scaleValues = ['1', '2', '3', '4']
const isChosenCode = (code: string): boolean => /^[a-z0-9-]{1,40}$/.test(code)

/** Codes of the list that nothing names. */
const missing = (named: readonly string[], list: readonly string[], at: string): FieldFault[] => {
  const absent = list.filter((code) => !named.includes(code))
  return absent.length === 0 ? [] : [{ pointer: at, code: 'codes-missing', params: { codes: absent.join(', ') } }]
}
/** Items that name what an earlier one named. */
const repeated = <T>(items: readonly T[], named: (item: T) => string, at: string, field?: string): FieldFault[] =>
  items.flatMap((item, i) => (items.findIndex((other) => named(other) === named(item)) < i ? [{ pointer: `${at}/${i}${field === undefined ? '' : `/${field}`}`, code: 'repeated' }] : []))
/** Each code of the list once. */
const onEvery = <T>(items: readonly T[], named: (item: T) => string, list: readonly string[], at: string, field: string): FieldFault[] => [
  ...missing(items.map(named), list, at),
  ...repeated(items, named, at, field),
]

/** The codes of the contract stay valid as first level; a code means one thing in its group. */
const categoryFaults = (categories: PolicyParts['vocabulary']['social'], firstLevel: readonly string[], at: string): FieldFault[] => {
  const all = categories.flatMap(({ code, subtypes }, i) => [{ code, pointer: `${at}/${i}/code` }, ...subtypes.map((subtype, j) => ({ code: subtype.code, pointer: `${at}/${i}/subtypes/${j}/code` }))])
  return [
    ...missing(categories.map(({ code }) => code), firstLevel, at),
    ...all.flatMap(({ code, pointer }) => (isChosenCode(code) ? [] : [{ pointer, code: 'not-an-id' }])),
    ...all.flatMap(({ code, pointer }, i) => (all.findIndex((other) => other.code === code) < i ? [{ pointer, code: 'repeated' }] : [])),
  ]
}

type Basis = PolicyParts['legalBases'][number]
const overlap = (a: Basis, b: Basis): boolean =>
  a.duty === b.duty && a.area === b.area && (a.before === undefined || b.from === undefined || b.from < a.before) && (b.before === undefined || a.from === undefined || a.from < b.before)
/** From the first section on there is one for every day. */
const isGapless = (bases: readonly Basis[]): boolean => {
  const inOrder = bases.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))
  return inOrder.length > 0 && inOrder.every(({ before }, i) => before === inOrder[i + 1]?.from) && inOrder[0]?.from === undefined
}
