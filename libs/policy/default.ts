import { causes, healthCategories, measureTypes, socialCategories } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { labels } from '#libs/catalogue/labels'
import type { Labels } from '#libs/kernel/event'

type Deadline = PolicyParts['deadlines'][number]
type Duration = NonNullable<Deadline['due']>
type Categories = PolicyParts['vocabulary']['social']
type Basis = PolicyParts['legalBases'][number]

const l = (sv: string, en: string): Labels => ({ sv, en })
const hours = (amount: number): Duration => ({ amount, unit: 'hours' })
const days = (amount: number): Duration => ({ amount, unit: 'days' })
const workingDays = (amount: number): Duration => ({ amount, unit: 'working-days' })
const months = (amount: number): Duration => ({ amount, unit: 'months' })

/** Categories of a group, each with its subtypes as [rest of the code, Swedish, English]. */
const categories = <C extends string>(
  codes: readonly C[],
  words: Readonly<Record<C, Labels>>,
  subtypes: { readonly [K in C]?: readonly (readonly [string, string, string])[] },
): Categories =>
  codes.map((code) => ({ code, label: words[code], subtypes: (subtypes[code] ?? []).map(([rest, sv, en]) => ({ code: `${code}-${rest}`, label: l(sv, en) })) }))

/** Types and subtypes after law §7.2; SoL and LSS share a list. */
const vocabulary: PolicyParts['vocabulary'] = {
  social: categories(socialCategories, labels.socialCategories, {
    'insats-utebliven': [
      ['helt', 'Uteblev helt', 'Not given at all'],
      ['delvis', 'Gavs delvis', 'Given in part'],
      ['sen', 'Gavs för sent', 'Given too late'],
      ['beslut', 'Beslut verkställs inte', 'Decision not carried out'],
    ],
    'insats-fel-utford': [
      ['plan', 'Avvikelse från genomförandeplan', 'Departure from the implementation plan'],
      ['kontinuitet', 'Bristande kontinuitet', 'Lack of continuity'],
      ['forsummelse', 'Försummelse', 'Neglect'],
    ],
    bemotande: [
      ['delaktighet', 'Delaktighet', 'Participation'],
      ['kommunikation', 'Kommunikation', 'Communication'],
      ['diskriminering', 'Diskriminering', 'Discrimination'],
      ['respektlost', 'Respektlöst bemötande', 'Disrespectful treatment'],
    ],
    rattssakerhet: [
      ['barnperspektiv', 'Barnets bästa', 'The best interests of the child'],
      ['samtycke', 'Samtycke och information', 'Consent and information'],
      ['opartiskhet', 'Saklighet och opartiskhet', 'Objectivity and impartiality'],
      ['utan-lagstod', 'Åtgärd utan lagstöd', 'Measure without support in law'],
    ],
    dokumentation: [
      ['saknas', 'Dokumentation saknas', 'Documentation missing'],
      ['sen', 'Dokumentation försenad', 'Documentation late'],
    ],
    'rutin-foljs-ej': [
      ['saknas', 'Rutin saknas', 'Routine missing'],
      ['kompetens', 'Bristande kompetens', 'Lack of competence'],
      ['introduktion', 'Otillräcklig introduktion', 'Insufficient introduction'],
      ['ansvar', 'Otydligt ansvar', 'Unclear responsibility'],
    ],
    'fysisk-miljo-teknik': [
      ['brand-las', 'Brand och lås', 'Fire and locks'],
      ['miljo', 'Olämplig miljö', 'Unsuitable environment'],
      ['hjalpmedel', 'Hjälpmedel fel använt', 'Aid wrongly used'],
      ['utrustning', 'Utrustning saknas eller trasig', 'Equipment missing or broken'],
    ],
    ekonomi: [
      ['redovisning', 'Bristande redovisning', 'Deficient accounts'],
      ['anvandning', 'Otillåten användning', 'Use without permission'],
      ['patryckning', 'Påtryckning', 'Undue pressure'],
      ['stold', 'Stöld', 'Theft'],
    ],
    overgrepp: [
      ['fysiskt', 'Fysiskt övergrepp', 'Physical abuse'],
      ['psykiskt', 'Psykiskt övergrepp', 'Psychological abuse'],
      ['sexuellt', 'Sexuellt övergrepp', 'Sexual abuse'],
      ['ekonomiskt', 'Ekonomiskt övergrepp', 'Financial abuse'],
    ],
  }),
  health: categories(healthCategories, labels.healthCategories, {
    fall: [
      ['egen', 'Vid egen aktivitet', 'During own activity'],
      ['forflyttning', 'Vid förflyttning med personal', 'While moved by staff'],
      ['hjalpmedel', 'Med hjälpmedel', 'With an aid'],
      ['utan-skada', 'Utan skada', 'Without injury'],
    ],
    'lakemedel-utebliven-dos': [
      ['fordrojd', 'Fördröjd dos', 'Late dose'],
      ['saknas', 'Läkemedel saknas', 'Medicine missing'],
    ],
    'lakemedel-fel-dos': [
      ['person', 'Fel person', 'Wrong person'],
      ['administrering', 'Felaktig administrering', 'Wrongly administered'],
    ],
    trycksar: [
      ['grad-1', 'Grad 1', 'Grade 1'],
      ['grad-2', 'Grad 2', 'Grade 2'],
      ['grad-3', 'Grad 3', 'Grade 3'],
      ['grad-4', 'Grad 4', 'Grade 4'],
    ],
    nutrition: [
      ['viktnedgang', 'Viktnedgång', 'Weight loss'],
      ['viktuppgang', 'Viktuppgång', 'Weight gain'],
    ],
    annat: [
      ['hygien', 'Hygienrutin', 'Hygiene routine'],
      ['ordination', 'Ordination inte utförd', 'Order not carried out'],
      ['medicinteknik', 'Medicinteknik', 'Medical technology'],
      ['rehabilitering', 'Rehabilitering', 'Rehabilitation'],
      ['vri', 'Vårdrelaterad infektion', 'Healthcare-associated infection'],
    ],
  }),
}

const deadline = (key: Deadline['key'], setBy: string, countedFrom: Deadline['countedFrom'], due: Duration | undefined, warnBefore: Duration | undefined, binding: Deadline['binding'], basis: string): Deadline => ({
  key,
  setBy: setBy.split(' '),
  countedFrom,
  ...(due ? { due } : {}),
  ...(warnBefore ? { warnBefore } : {}),
  basis,
  binding,
})
/** The rows of the case format (§6); numbers that no statute gives are local (law §6.2). */
const deadlines: readonly Deadline[] = [
  deadline('acknowledge', 'deviation-reported', 'received', workingDays(2), workingDays(1), 'local', 'Lokal rutin'),
  deadline('assess', 'deviation-reported', 'received', days(5), days(1), 'local', 'Lokal rutin'),
  deadline('protect', 'deviation-reported deviation-assessed', 'event', hours(24), undefined, 'statute', 'Genast: SoL 27 kap. 5 §, LSS 24 e §; tiden är lokal'),
  deadline('start-investigation', 'risk-scored', 'received', days(10), days(2), 'local', 'Lokal rutin'),
  deadline('answer-complaint', 'deviation-reported', 'received', days(14), days(3), 'regulation', 'SOSFS 2011:9 5 kap. 3 §; tiden är lokal'),
  deadline('lex-sarah-assessment', 'lex-sarah-escalated', 'event', workingDays(3), workingDays(1), 'local', 'Lokal rutin'),
  deadline('investigate-lex-sarah', 'lex-sarah-taken-over', 'received', months(1), days(7), 'statute', 'Genast: SoL 27 kap. 5 §, utan dröjsmål: LSS 24 e §; tiden är lokal'),
  deadline('notify-ivo', 'lex-sarah-decided ivo-notification-decided', 'event', hours(72), hours(48), 'statute', 'Snarast: SoL 27 kap. 6 §, LSS 24 f §, PSL 3 kap. 5 §; tiden är lokal'),
  deadline('complete-ivo-investigation', 'ivo-notification-decided', 'received', months(2), days(14), 'regulation', 'SOSFS 2011:5 6 kap., HSLF-FS 2017:41'),
  deadline('answer-ivo', 'ivo-supplement-requested', 'own-date', undefined, days(3), 'statute', 'IVO:s datum'),
  deadline('inform-patient', 'deviation-assessed', 'event', hours(72), hours(48), 'statute', 'Snarast: PSL 3 kap. 8 §; tiden är lokal'),
  deadline('inform-authority', 'lex-sarah-escalated', 'event', workingDays(1), undefined, 'statute', 'SoL 27 kap. 4 §, LSS 24 d §; tiden är lokal'),
  deadline('answer-handover', 'handover-offered', 'event', workingDays(2), workingDays(1), 'local', 'Lokal rutin'),
  deadline('complete-measure', 'measures-decided', 'own-date', undefined, days(7), 'local', 'Åtgärdens eget datum'),
  deadline('check-effect', 'measures-decided', 'own-date', undefined, days(7), 'local', 'Åtgärdens eget datum'),
  deadline('close', 'deviation-reported', 'received', months(2), days(14), 'local', 'Lokal rutin'),
  deadline('self-check', 'self-check-planned self-check-performed', 'interval', undefined, days(14), 'regulation', 'SOSFS 2011:9 5 kap. 2 §'),
  deadline('review-policy', 'policy-published', 'event', months(12), days(30), 'local', 'Rutiner ses över varje år'),
  deadline('review-access-log', 'month', 'period-end', months(1), days(7), 'statute', 'Lag (2001:454) 10 §; tiden är lokal'),
  deadline('tertial-report', 'tertial', 'period-end', days(28), days(7), 'regulation', 'SOSFS 2011:9 5 kap. 6 §; tiden är lokal'),
]

const [oldSoL, newSoL, lss, psl] = ['SoL (2001:453)', 'SoL (2025:400)', 'LSS (1993:387)', 'PSL (2010:659)']
/** SoL moved from 14 kap. to 27 kap. on 1 July 2025; LSS stands. */
const social = (duty: Basis['duty'], until: string, since: string, inLss: string): readonly Basis[] => [
  { duty, area: 'SoL', provision: until, statute: oldSoL, before: '2025-07-01' },
  { duty, area: 'SoL', provision: since, statute: newSoL, from: '2025-07-01' },
  { duty, area: 'LSS', provision: inLss, statute: lss },
]
const legalBases: readonly Basis[] = [
  ...social('report', '14 kap. 3 §', '27 kap. 2 §', '24 b §'),
  { duty: 'report', area: 'HSL', provision: '6 kap. 4 §', statute: psl },
  ...social('investigate', '14 kap. 6 §', '27 kap. 5 §', '24 e §'),
  { duty: 'investigate', area: 'HSL', provision: '3 kap. 3 §', statute: psl },
  ...social('notify', '14 kap. 7 §', '27 kap. 6 §', '24 f §'),
  { duty: 'notify', area: 'HSL', provision: '3 kap. 5 §', statute: psl },
  ...social('inform-authority', '14 kap. 5 §', '27 kap. 4 §', '24 d §'),
  { duty: 'inform-patient', area: 'HSL', provision: '3 kap. 8 §', statute: psl },
  { duty: 'notify-deficient-operator', area: 'SoL', provision: '27 kap. 7 §', statute: newSoL, from: '2026-01-01' },
  { duty: 'notify-deficient-operator', area: 'LSS', provision: '15 § p. 11', statute: lss, from: '2026-01-01' },
]

const board = 'Nämndens delegationsordning'
const decided = (decision: PolicyParts['delegation'][number]['decision'], role: PolicyParts['delegation'][number]['role'], reportedToBoard = false) => ({
  decision,
  role,
  reference: board,
  reportedToBoard,
})

/** The default policy as data: what stands until a municipality publishes its own. */
export const defaultParts: PolicyParts = {
  scales: {
    severity: [
      { value: 1, label: l('Mindre', 'Minor'), meaning: l('Obehag eller obetydlig skada', 'Discomfort or insignificant harm') },
      { value: 2, label: l('Måttlig', 'Moderate'), meaning: l('Övergående skada eller ökat vårdbehov', 'Temporary harm or more care needed') },
      { value: 3, label: l('Betydande', 'Significant'), meaning: l('Bestående måttlig skada', 'Lasting moderate harm') },
      { value: 4, label: l('Katastrofal', 'Catastrophic'), meaning: l('Dödsfall, livshot eller bestående stor skada', 'Death, danger to life or lasting major harm') },
    ],
    likelihood: [
      { value: 1, label: l('Mycket liten', 'Very low'), meaning: l('Någon gång om året', 'Once a year') },
      { value: 2, label: l('Liten', 'Low'), meaning: l('Varje månad', 'Every month') },
      { value: 3, label: l('Stor', 'High'), meaning: l('Varje vecka', 'Every week') },
      { value: 4, label: l('Mycket stor', 'Very high'), meaning: l('Varje dag', 'Every day') },
    ],
  },
  // 4 x 2 = 8 is a catastrophe that a threshold alone lets through.
  risk: { social: { score: 9, severity: 4, combine: 'or' }, health: { score: 9, severity: 4, combine: 'or' } },
  vocabulary,
  causes: causes.map((code) => ({ code, label: labels.causes[code] })),
  measureTypes: measureTypes.map((code) => ({ code, label: labels.measureTypes[code] })),
  deadlines,
  escalation: [
    { role: 'unit-manager', to: ['area-manager', 'director', 'decision-maker'] },
    { role: 'area-manager', to: ['director', 'decision-maker'] },
    { role: 'director', to: ['decision-maker'] },
    { role: 'lex-sarah-investigator', to: ['lex-sarah-officer', 'decision-maker'] },
    { role: 'lex-sarah-officer', to: ['decision-maker'] },
    { role: 'medical-officer', to: ['decision-maker'] },
    { role: 'registrar', to: ['director'] },
  ],
  legalBases,
  delegation: [
    decided('lex-sarah-degree', 'decision-maker', true),
    decided('ivo-lex-sarah', 'decision-maker', true),
    decided('lex-maria', 'medical-officer', true),
    decided('ivo-deficient-private-operator', 'decision-maker', true),
    decided('measures-individual', 'unit-manager'),
    decided('measures-unit', 'unit-manager'),
    decided('measures-operation', 'area-manager'),
    decided('measures-authority', 'decision-maker'),
    decided('legal-hold', 'decision-maker'),
    decided('erasure', 'decision-maker'),
  ],
  // Law §9.5: a statute only for private operators; the rest is the nämnd's plan (informationshanteringsplan).
  retention: [
    { class: 'lex-sarah', label: l('Lex Sarah, kommunens egen', 'Lex Sarah of the municipality'), action: 'preserve', startsAt: 'last-entry', basis: 'Arkivlagen (1990:782)', binding: 'statute' },
    { class: 'lex-sarah-private', label: l('Lex Sarah hos enskild utförare', 'Lex Sarah of a private provider'), action: 'erase', startsAt: 'last-entry', years: 5, basis: 'SoL 17 kap. 10 §, LSS 23 g §', binding: 'statute' },
    { class: 'lex-maria', label: l('Lex Maria', 'Lex Maria'), action: 'preserve', startsAt: 'last-entry', basis: 'Arkivlagen (1990:782)', binding: 'statute' },
    { class: 'deviation', label: l('Avvikelse', 'Deviation'), action: 'erase', startsAt: 'closed', years: 5, basis: 'Informationshanteringsplan', binding: 'local' },
    { class: 'complaint', label: l('Klagomål och synpunkter', 'Complaints and views'), action: 'erase', startsAt: 'closed', years: 5, basis: 'Informationshanteringsplan', binding: 'local' },
    { class: 'report', label: l('Sammanställning', 'Compilation'), action: 'preserve', startsAt: 'recorded', basis: 'Informationshanteringsplan', binding: 'local' },
    { class: 'access-log', label: l('Åtkomstlogg', 'Access log'), action: 'erase', startsAt: 'recorded', years: 5, basis: 'HSLF-FS 2016:40', binding: 'regulation' },
  ],
  routines: { measuresFromScore: 9, reviewMonths: 12 },
}

/** How long a missed deadline lies with one before it goes to the next, where the policy does not say. */
export const escalationStep: Duration = workingDays(2)
/** Working days after the check of a measure's effect within which its case is to be closed. */
export const closingAfterCheck = 10
