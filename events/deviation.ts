import * as codes from '#events/codes'
import { extension, mailEvents, timeEvents } from '#events/time'
import type { NewEvent, StoredEvent } from '#libs/kernel/event'
import { event, reader } from '#libs/kernel/event'
import { code, date, flag, id, instant, integer, list, mac, number, object, optional, personal, publicText, sha256, text, version } from '#libs/kernel/shape'

/**
 * The events of a case (`deviation-{id}`). Names and shapes are storage contracts: a stored event is never changed, so a new need is a new
 * event, or a new version with an upcast and a golden sample of the old.
 */
const legalBasis = object({ area: code(codes.legalAreas), provision: publicText(), statute: publicText() })
const roleAtUnit = { role: code(codes.roles), unit: id() }
/** A version that only has more fields: what was stored before stands as it is. */
const unchanged = { 1: (data: Readonly<Record<string, unknown>>) => data }
const effect = object({ what: personal(text()), direction: code(codes.directions), lowestAcceptedResult: number(), checkOn: date() })

export const deviationEvents = {
  deviationReported: event('deviation-reported', { sv: 'Rapporterad', en: 'Reported' }, {
    origin: code(codes.origins),
    channel: code(codes.channels),
    reportedType: code(codes.reportedTypes),
    legalAreas: list(code(codes.legalAreas)),
    /** Sections in force when the report was received (law §2.1). */
    legalBases: list(legalBasis),
    unit: id(),
    /** The private provider that the unit belongs to (yrkesmässigt bedriven enskild verksamhet), when it does. */
    privateProvider: optional(id()),
    occurredAt: optional(instant()),
    occurredApproximately: optional(flag()),
    discoveredAt: optional(instant()),
    receivedAt: instant(),
    receivedLateReason: optional(personal(text())),
    concerns: code(codes.concerns),
    individuals: list(object({ ref: id(), protectedIdentity: flag(), name: optional(personal(text(), 'person')), personalNumber: optional(personal(text(), 'person')) })),
    description: personal(text()),
    immediateMeasures: optional(personal(text())),
    suggestedMeasures: optional(personal(text())),
    reporter: optional(object({ name: optional(personal(text())), title: optional(personal(text())), contact: optional(personal(text())) })),
    anonymous: flag(),
    /** Staff number of the one whose observation it is, when staff and not anonymous. */
    reportedBy: optional(id()),
    /** HMAC of reporter and case under the case's key: the reporter's own view and "the reporter does not assess", also when anonymous. */
    reporterMark: optional(mac()),
    wantsFeedback: flag(),
    concernsManager: flag(),
  }),
  /** Samlerapportering: in the same append as its report, which describes one of many mild events. The case counts as many. */
  deviationsReportedInBatch: event('deviations-reported-in-batch', { sv: 'Samlerapporterade', en: 'Reported in a batch' }, {
    from: date(),
    to: date(),
    count: integer(2, 100_000),
  }),
  reportSupplemented: event('report-supplemented', { sv: 'Rapporten kompletterad', en: 'Report supplemented' }, { text: personal(text()) }),
  legalAreasCorrected: event('legal-areas-corrected', { sv: 'Lagrum rättade', en: 'Legal areas corrected' }, {
    legalAreas: list(code(codes.legalAreas)),
    legalBases: list(legalBasis),
    motivation: personal(text()),
  }),
  receiptAcknowledged: event('receipt-acknowledged', { sv: 'Mottagandet bekräftat', en: 'Receipt acknowledged' }, {
    to: personal(text()),
    how: personal(text()),
    diaryNumber: optional(personal(text())),
    at: instant(),
  }),
  diaryNumberRequested: event('diary-number-requested', { sv: 'Diarienummer begärt', en: 'Diary number requested' }, {}),
  diaryNumberAssigned: event('diary-number-assigned', { sv: 'Diarieförd', en: 'Registered in the diary' }, { diaryNumber: personal(text()), publicTitle: personal(text()) }),
  documentationSentToRegistrar: event('documentation-sent-to-registrar', { sv: 'Dokumentation skickad till registrator', en: 'Documentation sent to the registrar' }, {
    documents: optional(personal(text())),
  }),
  noteAdded: event('note-added', { sv: 'Anteckning', en: 'Note' }, {
    text: personal(text()),
    source: personal(text()),
    kind: code(codes.noteKinds),
    /** Befattning of the author; the four data that each entry needs (law §2.4). */
    authorTitle: optional(personal(text())),
  }),
  responsibilityAssigned: event(
    'responsibility-assigned',
    { sv: 'Ansvar lagt', en: 'Responsibility assigned' },
    {
      ...roleAtUnit,
      because: code(codes.assignmentCauses),
      /** Why it was reassigned; the other causes are events of their own. */
      reason: optional(personal(text())),
    },
    { version: 2, upcasts: unchanged },
  ),
  caseMoved: event('case-moved', { sv: 'Flyttad till annan enhet', en: 'Moved to another unit' }, { fromUnit: id(), toUnit: id(), reason: personal(text()) }),
  /** Överlämning erbjuden: to a unit of another provider or authority, or to an external party (region, other municipality). */
  handoverOffered: event('handover-offered', { sv: 'Överlämning erbjuden', en: 'Hand-over offered' }, {
    handover: id(),
    toUnit: optional(id()),
    toExternal: optional(personal(text())),
    reason: personal(text()),
  }),
  /** Accepted by the unit that it was offered to; for an external party the sender records its receipt. */
  handoverAccepted: event('handover-accepted', { sv: 'Överlämning mottagen', en: 'Hand-over accepted' }, {
    handover: id(),
    toUnit: optional(id()),
    /** The private provider that the receiving unit belongs to, when it does. */
    privateProvider: optional(id()),
    receivedBy: optional(personal(text())),
    receipt: optional(personal(text())),
  }),
  handoverDeclined: event('handover-declined', { sv: 'Överlämning avböjd', en: 'Hand-over declined' }, { handover: id(), reason: personal(text()) }),
  handoverWithdrawn: event('handover-withdrawn', { sv: 'Överlämning återtagen', en: 'Hand-over withdrawn' }, { handover: id(), reason: personal(text()) }),
  /** Jäv (FL 16-18 §§). */
  conflictOfInterestDeclared: event('conflict-of-interest-declared', { sv: 'Jäv anmält', en: 'Conflict of interest declared' }, { staff: id(), reason: personal(text()) }),
  conflictOfInterestLifted: event('conflict-of-interest-lifted', { sv: 'Jäv hävt', en: 'Conflict of interest lifted' }, { staff: id(), reason: personal(text()) }),
  outcomeWithoutCaseRecorded: event('outcome-without-case-recorded', { sv: 'Avskriven utan ärende', en: 'Recorded as no case' }, {
    outcome: code(codes.noCaseOutcomes),
    duplicateOf: optional(id()),
    motivation: personal(text()),
  }),
  immediateActionRecorded: event('immediate-action-recorded', { sv: 'Omedelbar åtgärd', en: 'Immediate action recorded' }, { text: personal(text()), takenAt: instant() }),
  deviationAssessed: event(
    'deviation-assessed',
    { sv: 'Bedömd', en: 'Assessed' },
    {
      group: code(codes.groups),
      outcome: code(codes.assessmentOutcomes),
      category: id(),
      routine: optional(personal(text())),
      /** The registered routine that failed; `routine` holds the words where it is none of the register. */
      routineId: optional(id()),
      consequence: optional(personal(text())),
      motivation: optional(personal(text())),
    },
    { version: 2, upcasts: unchanged },
  ),
  riskScored: event('risk-scored', { sv: 'Riskvärderad', en: 'Risk scored' }, {
    group: code(codes.groups),
    severity: integer(1, 4),
    likelihood: integer(1, 4),
    score: integer(1, 16),
    scaleVersion: version(),
    triggers: code(codes.riskTriggers),
    because: list(code(codes.riskReasons)),
  }),
  investigationOpened: event('investigation-opened', { sv: 'Utredning inledd', en: 'Investigation opened' }, {
    group: code(codes.groups),
    kind: code(codes.investigationKinds),
  }),
  investigationCompleted: event('investigation-completed', { sv: 'Utredning avslutad', en: 'Investigation completed' }, {
    group: code(codes.groups),
    kind: code(codes.investigationKinds),
    whatHappened: personal(text()),
    consequences: personal(text()),
    howNoticed: personal(text()),
    whenHappened: personal(text()),
    causes: list(code(codes.causes)),
    happenedBefore: personal(text()),
    couldHappenAgain: personal(text()),
    measuresTaken: optional(personal(text())),
    individualInformed: optional(code(codes.answers)),
    policeReport: optional(code(codes.answers)),
  }),
  investigationReopened: event('investigation-reopened', { sv: 'Utredning återupptagen', en: 'Investigation reopened' }, {
    group: code(codes.groups),
    kind: code(codes.investigationKinds),
    reason: personal(text()),
  }),
  lexSarahEscalated: event('lex-sarah-escalated', { sv: 'Lyft som lex Sarah', en: 'Escalated to lex Sarah' }, {
    ground: personal(text()),
    legalBases: list(legalBasis),
  }),
  authorityInformedByProvider: event(
    'authority-informed-by-provider',
    { sv: 'Nämnden underrättad av utföraren', en: 'Authority informed by the provider' },
    {
      informedAt: instant(),
      how: personal(text()),
      /** The nämnd that was informed; from now on it sees the report and what came of it. */
      authority: optional(id()),
    },
    { version: 2, upcasts: unchanged },
  ),
  lexSarahTakenOver: event('lex-sarah-taken-over', { sv: 'Övertagen av lex Sarah-ansvarig', en: 'Taken over by the lex Sarah officer' }, {}),
  lexSarahInvestigatorAppointed: event('lex-sarah-investigator-appointed', { sv: 'Lex Sarah-utredare utsedd', en: 'Lex Sarah investigator appointed' }, { staff: id() }),
  lexSarahDeclined: event('lex-sarah-declined', { sv: 'Avvisad som lex Sarah', en: 'Declined as lex Sarah' }, { motivation: personal(text()) }),
  lexSarahDegreeProposed: event('lex-sarah-degree-proposed', { sv: 'Grad föreslagen', en: 'Degree proposed' }, {
    degree: code(codes.degrees),
    motivation: personal(text()),
  }),
  lexSarahDecided: event('lex-sarah-decided', { sv: 'Lex Sarah beslutad', en: 'Lex Sarah decided' }, {
    degree: code(codes.degrees),
    motivation: personal(text()),
    delegationReference: optional(personal(text())),
    presenter: optional(personal(text())),
    reportedToBoardOn: optional(date()),
  }),
  lexMariaReferred: event('lex-maria-referred', { sv: 'Lyft som lex Maria', en: 'Referred to lex Maria' }, {
    ground: personal(text()),
    legalBases: list(legalBasis),
  }),
  lexMariaDecided: event('lex-maria-decided', { sv: 'Lex Maria beslutad', en: 'Lex Maria decided' }, {
    notify: flag(),
    motivation: personal(text()),
  }),
  patientInformed: event('patient-informed', { sv: 'Patienten informerad', en: 'Patient informed' }, {
    informedAt: instant(),
    how: personal(text()),
    /** Noted in the patient's record (PSL 3 kap. 8 §). */
    notedInRecord: flag(),
    note: optional(personal(text())),
  }),
  patientInformationWaived: event('patient-information-waived', { sv: 'Patientinformation avstådd', en: 'Patient information waived' }, { reason: personal(text()) }),
  ivoNotificationDecided: event('ivo-notification-decided', { sv: 'Anmälan till IVO beslutad', en: 'Notification to IVO decided' }, {
    law: code(codes.ivoLaws),
    notify: flag(),
    motivation: personal(text()),
  }),
  ivoNotificationSent: event('ivo-notification-sent', { sv: 'Anmälan skickad till IVO', en: 'Notification sent to IVO' }, {
    law: code(codes.ivoLaws),
    channel: code(codes.ivoChannels),
    sentAt: instant(),
    diaryNumber: personal(text()),
    packageSha256: optional(sha256()),
  }),
  ivoReceiptRecorded: event('ivo-receipt-recorded', { sv: 'Kvittens från IVO', en: 'Receipt from IVO' }, {
    law: code(codes.ivoLaws),
    ivoCaseNumber: personal(text()),
    receivedAt: instant(),
  }),
  ivoInvestigationSent: event('ivo-investigation-sent', { sv: 'Utredningen skickad till IVO', en: 'Investigation sent to IVO' }, {
    law: code(codes.ivoLaws),
    sentAt: instant(),
    packageSha256: optional(sha256()),
  }),
  /** Begäran om komplettering; numbered within the case from 1. */
  ivoSupplementRequested: event('ivo-supplement-requested', { sv: 'IVO begär komplettering', en: 'IVO requests a supplement' }, {
    law: code(codes.ivoLaws),
    request: integer(1, 1000),
    what: personal(text()),
    due: date(),
  }),
  ivoSupplementSent: event('ivo-supplement-sent', { sv: 'Komplettering skickad till IVO', en: 'Supplement sent to IVO' }, {
    law: code(codes.ivoLaws),
    request: integer(1, 1000),
    sentAt: instant(),
    packageSha256: optional(sha256()),
  }),
  /** Anstånd: of a request when it names one, else of the investigation. */
  ivoExtensionGranted: event('ivo-extension-granted', { sv: 'IVO ger anstånd', en: 'IVO grants an extension' }, {
    law: code(codes.ivoLaws),
    request: optional(integer(1, 1000)),
    newDue: date(),
    document: optional(personal(text())),
  }),
  ivoDecisionReceived: event('ivo-decision-received', { sv: 'Beslut från IVO', en: 'Decision from IVO' }, {
    law: code(codes.ivoLaws),
    outcome: personal(text()),
    decidedAt: instant(),
  }),
  measureProposed: event(
    'measure-proposed',
    { sv: 'Åtgärd föreslagen', en: 'Measure proposed' },
    {
      measureId: id(),
      type: code(codes.measureTypes),
      level: code(codes.measureLevels),
      timing: code(codes.measureTimings),
      description: personal(text()),
      goal: personal(text()),
      responsible: object(roleAtUnit),
      plannedStart: optional(date()),
      plannedCompletion: date(),
      routine: optional(personal(text())),
      /** The registered routine that the measure changes. */
      routineId: optional(id()),
      replaces: optional(id()),
    },
    { version: 2, upcasts: unchanged },
  ),
  effectCriterionSet: event('effect-criterion-set', { sv: 'Effektmått satt', en: 'Effect criterion set' }, { measureId: id(), effect }),
  measuresDecided: event('measures-decided', { sv: 'Åtgärder beslutade', en: 'Measures decided' }, {
    decisions: list(object({ measureId: id(), decision: code(codes.measureDecisions), motivation: optional(personal(text())) })),
  }),
  measureCancelled: event('measure-cancelled', { sv: 'Åtgärd avbruten', en: 'Measure cancelled' }, { measureId: id(), motivation: personal(text()) }),
  noMeasuresDecided: event('no-measures-decided', { sv: 'Inga åtgärder beslutat', en: 'No measures decided' }, { motivation: personal(text()) }),
  measureCompleted: event(
    'measure-completed',
    { sv: 'Åtgärd genomförd', en: 'Measure completed' },
    { measureId: id(), completedAt: instant(), routineId: optional(id()) },
    { version: 2, upcasts: unchanged },
  ),
  measureEffectChecked: event(
    'measure-effect-checked',
    { sv: 'Effekt kontrollerad', en: 'Effect checked' },
    { measureId: id(), result: number(), accepted: flag(), comment: optional(personal(text())), routineId: optional(id()) },
    { version: 2, upcasts: unchanged },
  ),
  feedbackGiven: event('feedback-given', { sv: 'Återkoppling given', en: 'Feedback given' }, {
    to: code(codes.feedbackReceivers),
    how: personal(text()),
    content: personal(text()),
    measures: optional(list(object({ measureId: id(), when: personal(text()) }))),
  }),
  feedbackWaived: event('feedback-waived', { sv: 'Återkoppling avstås', en: 'Feedback waived' }, { to: code(codes.feedbackReceivers), reason: personal(text()) }),
  deviationClosed: event('deviation-closed', { sv: 'Avslutad', en: 'Closed' }, { outcome: code(codes.closingOutcomes), motivation: personal(text()) }),
  deviationReopened: event('deviation-reopened', { sv: 'Återöppnad', en: 'Reopened' }, { reason: personal(text()) }),
  accessRestricted: event('access-restricted', { sv: 'Åtkomst begränsad', en: 'Access restricted' }, {
    because: code(codes.accessRestrictions),
    reason: personal(text()),
    decisionReference: optional(personal(text())),
  }),
  accessRestrictionLifted: event('access-restriction-lifted', { sv: 'Begränsad åtkomst hävd', en: 'Access restriction lifted' }, {
    reason: personal(text()),
    decisionReference: optional(personal(text())),
  }),
  /** Gallringsstopp. */
  legalHoldPlaced: event('legal-hold-placed', { sv: 'Gallringsstopp satt', en: 'Legal hold placed' }, { reason: personal(text()), decisionReference: optional(personal(text())) }),
  legalHoldLifted: event('legal-hold-lifted', { sv: 'Gallringsstopp hävt', en: 'Legal hold lifted' }, {
    reason: personal(text()),
    decisionReference: optional(personal(text())),
  }),
  ...timeEvents,
  deadlineExtended: event('deadline-extended', { sv: 'Frist flyttad', en: 'Deadline moved' }, { ...extension, reason: optional(personal(text())) }),
  ...mailEvents,
} as const

export type DeviationEvent = StoredEvent<typeof deviationEvents>
export type NewDeviationEvent = NewEvent<typeof deviationEvents>
export const readDeviation = reader(deviationEvents)

export const deviationStream = (caseId: string): string => `deviation-${caseId}`
export const caseIdOf = (stream: string): string => stream.slice('deviation-'.length)
