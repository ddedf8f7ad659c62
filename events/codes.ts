/** Code lists of cases and organisation. Codes are storage contracts: add, never rename. The words for people are in the catalogue. */
export const origins = ['staff', 'contractor', 'individual', 'relative', 'authority', 'other-provider', 'external-review', 'own-review'] as const
export const channels = ['web', 'phone', 'paper', 'conversation', 'e-mail', 'letter', 'e-service', 'contact-centre', 'import'] as const
/** What the reporter called it; never changes. */
export const reportedTypes = ['risk', 'deviation', 'misconduct', 'complaint', 'suggestion', 'praise'] as const
/** Lagrum: socialtjänstlagen, LSS, hälso- och sjukvårdslagen. */
export const legalAreas = ['SoL', 'LSS', 'HSL'] as const
export const concerns = ['person', 'group', 'operation', 'other'] as const
/** Assessment groups: SoL and LSS share one, HSL has its own. */
export const groups = ['social', 'health'] as const
export const assessmentOutcomes = ['risk-of-deviation', 'deviation', 'not-a-deviation', 'suspected-misconduct', 'suspected-care-injury'] as const
export const investigationKinds = ['simple', 'standard', 'event-analysis', 'lex-sarah'] as const
export const answers = ['yes', 'no', 'not-relevant'] as const
export const causes = ['kommunikation', 'organisation', 'rutin-saknas', 'rutin-foljs-ej', 'teknik', 'kompetens', 'tidsbrist', 'annat'] as const
export const socialCategories = [
  'insats-utebliven',
  'insats-fel-utford',
  'bemotande',
  'rattssakerhet',
  'dokumentation',
  'rutin-foljs-ej',
  'fysisk-miljo-teknik',
  'ekonomi',
  'vald-mellan-brukare',
  'overgrepp',
  'annat',
] as const
export const healthCategories = [
  'fall',
  'lakemedel-utebliven-dos',
  'lakemedel-fel-dos',
  'trycksar',
  'nutrition',
  'informationsoverforing',
  'annat',
] as const
/** The five outcomes of a lex Sarah investigation (SoL 27 kap. 5-6 §§, LSS 24 e-24 f §§), from none to allvarligt missförhållande. */
export const degrees = ['none', 'tangible-risk', 'misconduct', 'tangible-risk-of-serious', 'serious'] as const
export const noCaseOutcomes = ['duplicate', 'not-reportable', 'withdrawn'] as const
export const ivoLaws = ['lex-sarah', 'lex-maria', 'deficient-private-operator'] as const
export const ivoChannels = ['e-service', 'post'] as const
export const measureTypes = [
  'rutin',
  'information',
  'utbildning',
  'handledning',
  'bemanning',
  'teknik',
  'genomforandeplan',
  'riskbedomning',
  'egenkontroll',
  'polisanmalan',
  'arbetsratt',
  'annan-vardgivare',
  'annat',
] as const
export const measureLevels = ['individual', 'unit', 'operation', 'authority'] as const
export const measureTimings = ['immediate', 'corrective', 'preventive'] as const
export const measureDecisions = ['approved', 'approved-in-part', 'rejected'] as const
export const directions = ['up', 'down'] as const
export const feedbackReceivers = ['reporter', 'individual', 'relative', 'complainant', 'staff-group', 'sending-provider', 'authority'] as const
export const closingOutcomes = ['deviation', 'risk', 'not-a-deviation', 'misconduct', 'care-injury', 'view', 'praise'] as const
/** How often a routine is checked (egenkontroll). */
export const selfCheckIntervals = ['monthly', 'quarterly', 'half-yearly', 'yearly', 'once'] as const
export const noteKinds = ['fact', 'assessment'] as const
export const riskTriggers = ['none', 'investigate'] as const
export const riskReasons = ['threshold', 'severity-floor'] as const
/** What moved the responsibility for a case. */
export const assignmentCauses = ['report', 'move', 'escalation', 'take-over', 'decline', 'decision', 'reopening', 'handover', 'conflict', 'conflict-lifted', 'reassignment'] as const
/** Why access to a case is kept to those who must have it. */
export const accessRestrictions = ['protected-identity', 'conflict-of-interest', 'other'] as const

/** Roles held at a unit (case format, rights). */
export const roles = [
  'reporter',
  'unit-manager',
  'area-manager',
  'director',
  'lex-sarah-officer',
  'lex-sarah-investigator',
  'decision-maker',
  'medical-officer',
  'registrar',
  'quality-developer',
  'compliance-officer',
  'auditor',
  'administrator',
  'intake',
  'clock',
  'import',
] as const
export const scopes = ['unit', 'subtree'] as const

/** How the score and the severity of a risk rule stand together. */
export const riskCombinations = ['and', 'or'] as const
/** Duties whose sections the policy names by date: report, investigate, notify IVO, inform the nämnd and the patient, notify a deficient private operator. */
export const legalDuties = ['report', 'investigate', 'notify', 'inform-authority', 'inform-patient', 'notify-deficient-operator'] as const
/** What a deadline or a retention rests on; a statute without a number leaves the number to the municipality. */
export const bindings = ['statute', 'regulation', 'local'] as const
export const timeUnits = ['hours', 'days', 'working-days', 'months'] as const
/** What a deadline is counted from; `own-date` and `interval` have no length in the policy. */
export const deadlineAnchors = ['received', 'event', 'sent', 'own-date', 'interval', 'period-end'] as const
export const deadlineKeys = [
  'acknowledge',
  'assess',
  'protect',
  'start-investigation',
  'answer-complaint',
  'lex-sarah-assessment',
  'investigate-lex-sarah',
  'notify-ivo',
  'complete-ivo-investigation',
  'answer-ivo',
  'inform-patient',
  'inform-authority',
  'answer-handover',
  'complete-measure',
  'check-effect',
  'close',
  'self-check',
  'review-policy',
  'review-access-log',
  'tertial-report',
] as const
/** Decisions that the delegation order places. */
export const delegatedDecisions = [
  'lex-sarah-degree',
  'ivo-lex-sarah',
  'lex-maria',
  'ivo-deficient-private-operator',
  'measures-individual',
  'measures-unit',
  'measures-operation',
  'measures-authority',
  'legal-hold',
  'erasure',
] as const
/** Why a running deadline got another date: somebody decided it, IVO gave time, an effect is checked later, or the day that people chose changed. */
export const extensionCauses = ['decided', 'ivo', 'effect-check', 'own-date'] as const
/** Alarms go at once where a statute or regulation stands behind them, else once a day. */
export const mailKinds = ['immediate', 'digest'] as const
/** `recipient-excluded`: who may no longer act in the case, or see it, is told nothing more of it. */
export const mailFailures = ['not-delivered', 'no-address', 'recipient-left', 'recipient-excluded'] as const
export const retentionStarts = ['last-entry', 'closed', 'recorded'] as const
/** Gallra, bevara, överlämna. */
export const retentionActions = ['erase', 'preserve', 'hand-over'] as const

export type DeadlineKey = (typeof deadlineKeys)[number]
export type Group = (typeof groups)[number]
export type Degree = (typeof degrees)[number]
export type Role = (typeof roles)[number]
export type ReportedType = (typeof reportedTypes)[number]
export type LegalArea = (typeof legalAreas)[number]
export type AssessmentOutcome = (typeof assessmentOutcomes)[number]
export type ClosingOutcome = (typeof closingOutcomes)[number]
export type MeasureLevel = (typeof measureLevels)[number]
export type IvoLaw = (typeof ivoLaws)[number]
export type FeedbackReceiver = (typeof feedbackReceivers)[number]
