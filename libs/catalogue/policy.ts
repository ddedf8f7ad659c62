import type { Group } from '#events/codes'
import { deviationEvents } from '#events/deviation'
import type { PolicyPart } from '#events/policy'
import { labels } from '#libs/catalogue/labels'
import type { Language } from '#libs/catalogue/sentence'
import { byName, type Labels } from '#libs/kernel/event'
import { defaultPolicy, type Policy } from '#libs/policy/policy'

/**
 * The words of a policy version: of categories with their subtypes, scales, causes and types of measures. What the version does not know stands
 * for itself.
 */
export interface PolicyWords {
  category(group: Group, code: string): Labels
  scale(scale: 'severity' | 'likelihood', value: number): Labels | undefined
  cause(code: string): Labels
  measureType(code: string): Labels
}
const itself = (code: string): Labels => ({ sv: code, en: code })
const both = (first: Labels, second: Labels): Labels => ({ sv: `${first.sv}: ${second.sv}`, en: `${first.en}: ${second.en}` })

/** The words of a version; of the default where the version is unknown to the log. */
export const wordsOf = (policy: Policy = defaultPolicy): PolicyWords => ({
  category: (group, code) => {
    for (const { code: first, label, subtypes } of policy.vocabulary[group]) {
      if (first === code) return label
      const subtype = subtypes.find((s) => s.code === code)
      if (subtype) return both(label, subtype.label)
    }
    return itself(code)
  },
  scale: (scale, value) => policy.scales[scale].find((step) => step.value === value)?.label,
  cause: (code) => policy.causes.find((c) => c.code === code)?.label ?? itself(code),
  measureType: (code) => policy.measureTypes.find((t) => t.code === code)?.label ?? itself(code),
})

export const policyPartLabels: Readonly<Record<PolicyPart, Labels>> = {
  scales: { sv: 'Skalor', en: 'Scales' },
  risk: { sv: 'Riskregler', en: 'Risk rules' },
  vocabulary: { sv: 'Kategorier', en: 'Categories' },
  causes: { sv: 'Orsaker', en: 'Causes' },
  measureTypes: { sv: 'Åtgärdstyper', en: 'Types of measures' },
  deadlines: { sv: 'Tidsgränser', en: 'Deadlines' },
  escalation: { sv: 'Eskalering', en: 'Escalation' },
  legalBases: { sv: 'Lagrum', en: 'Legal bases' },
  delegation: { sv: 'Delegationsordning', en: 'Delegation order' },
  retention: { sv: 'Gallring och bevarande', en: 'Retention' },
  routines: { sv: 'Rutiner', en: 'Routines' },
}
const scaleLabels = { severity: { sv: 'Allvarlighetsgrad', en: 'Severity' }, likelihood: { sv: 'Sannolikhet', en: 'Likelihood' } } as const

/** A line of a policy in words; `key` tells which line of another version it stands against. */
export interface PolicyLine {
  readonly key: string
  readonly text: string
}
type Say = (words: Labels) => string
const types = byName(deviationEvents)

const duration = (say: Say, { amount, unit }: NonNullable<Policy['deadlines'][number]['due']>): string => `${amount} ${say(labels.timeUnits[unit])}`
const day = (say: Say, from: string | undefined, before: string | undefined): string =>
  [from === undefined ? [] : [say({ sv: `från ${from}`, en: `from ${from}` })], before === undefined ? [] : [say({ sv: `före ${before}`, en: `before ${before}` })]].flat().join(', ')
const listed = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join(', ')

const lines: { readonly [P in PolicyPart]: (value: Policy[P], say: Say) => readonly PolicyLine[] } = {
  scales: (scales, say) =>
    (['severity', 'likelihood'] as const).flatMap((scale) =>
      scales[scale].map(({ value, label, meaning }) => ({ key: `${scale} ${value}`, text: `${say(scaleLabels[scale])} ${value}: ${say(label)}${meaning ? ` (${say(meaning)})` : ''}` })),
    ),
  risk: (risk, say) =>
    (['social', 'health'] as const).map((group) => {
      const { score, severity, combine = 'or' } = risk[group]
      const limits = [
        ...(score === undefined ? [] : [say({ sv: `riskvärde ${score} eller mer`, en: `a score of ${score} or more` })]),
        ...(severity === undefined ? [] : [say({ sv: `allvarlighetsgrad ${severity} eller mer`, en: `a severity of ${severity} or more` })]),
      ]
      return { key: group, text: `${say(labels.groups[group])}: ${say({ sv: 'utredning vid', en: 'investigation at' })} ${limits.join(` ${say(labels.riskCombinations[combine])} `)}` }
    }),
  vocabulary: (vocabulary, say) =>
    (['social', 'health'] as const).flatMap((group) =>
      vocabulary[group].flatMap(({ code, label, subtypes }) => [
        { key: `${group} ${code}`, text: `${say(labels.groups[group])}: ${say(label)} [${code}]` },
        ...subtypes.map((subtype) => ({ key: `${group} ${subtype.code}`, text: `${say(labels.groups[group])}: ${say(both(label, subtype.label))} [${subtype.code}]` })),
      ]),
    ),
  causes: (causes, say) => causes.map(({ code, label }) => ({ key: code, text: `${say(label)} [${code}]` })),
  measureTypes: (measureTypes, say) => measureTypes.map(({ code, label }) => ({ key: code, text: `${say(label)} [${code}]` })),
  deadlines: (deadlines, say) =>
    deadlines.map(({ key, setBy, countedFrom, due, warnBefore, basis, binding }) => ({
      key,
      text: `${say(labels.deadlineKeys[key])} [${key}]: ${listed(
        `${due ? `${duration(say, due)} ` : ''}${say(labels.deadlineAnchors[countedFrom])}`,
        warnBefore ? say({ sv: `varning ${duration(say, warnBefore)} före`, en: `warning ${duration(say, warnBefore)} before` }) : '',
        say({ sv: `sätts av ${setBy.map((type) => typeWords(type, say)).join(', ')}`, en: `set by ${setBy.map((type) => typeWords(type, say)).join(', ')}` }),
      )}. ${say(labels.bindings[binding])}: ${basis}`,
    })),
  escalation: (chains, say) => chains.map(({ role, to }) => ({ key: role, text: [role, ...to].map((r) => say(labels.roles[r])).join(' → ') })),
  legalBases: (bases, say) =>
    bases.map(({ duty, area, provision, statute, from, before }) => {
      const when = day(say, from, before)
      return { key: `${duty} ${area} ${from ?? ''}`, text: `${say(labels.legalDuties[duty])} (${area}): ${provision} ${statute}${when === '' ? '' : `, ${when}`}` }
    }),
  delegation: (delegation, say) =>
    delegation.map(({ decision, role, reference, reportedToBoard }) => ({
      key: `${decision} ${role}`,
      text: `${say(labels.delegatedDecisions[decision])}: ${listed(say(labels.roles[role]), reference, reportedToBoard ? say({ sv: 'anmäls till nämnden', en: 'reported to the board' }) : '')}`,
    })),
  retention: (classes, say) =>
    classes.map(({ class: name, label, action, startsAt, years, basis, binding }) => ({
      key: name,
      text: `${say(label)} [${name}]: ${say(labels.retentionActions[action])}${years === undefined ? '' : ` ${say({ sv: `${years} år`, en: `${years} years` })} ${say(labels.retentionStarts[startsAt])}`}. ${say(labels.bindings[binding])}: ${basis}`,
    })),
  routines: ({ measuresFromScore, reviewMonths }, say) => [
    { key: 'measures', text: say({ sv: `Riskanalys: åtgärder från riskvärde ${measuresFromScore}`, en: `Risk analysis: measures from a score of ${measuresFromScore}` }) },
    { key: 'review', text: say({ sv: `Ses över var ${reviewMonths}:e månad`, en: `Reviewed every ${reviewMonths} months` }) },
  ],
}
const typeWords = (type: string, say: Say): string => {
  const found = types.get(type)
  return found ? say(found.labels) : type
}

/** A part of a policy in words, a line for each of its rules. */
export const policyLines = <P extends PolicyPart>(policy: Policy, part: P, language: Language): readonly PolicyLine[] => lines[part](policy[part], (words) => words[language])
