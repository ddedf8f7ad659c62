import type { Context } from '#apps/application/context'
import type { Answer, Language, QueryRequest } from '#apps/application/request'
import type { Json } from '#apps/application/queries/asker'
import { ofType, seeCase, type AsOf, type SeenCase, type ShownEvent } from '#apps/application/queries/seen'
import { seatText, titleOf, unitName, unitNameAt, wordsAsOf } from '#apps/application/queries/words'
import { stockholmDay } from '#libs/calendar/days'
import { phaseLabels, stepSentences } from '#libs/catalogue/steps'
import { deadlineName } from '#libs/catalogue/time'
import { isSame } from '#libs/deadlines/follow'
import { isRunning, statusOf } from '#libs/deadlines/state'
import { stepCode } from '#libs/duties/codes'
import { accountable } from '#libs/deviation/responsibility'
import { careInjuryStands, hindersClosing, isView, nextSteps, phaseOf } from '#libs/duties/duties'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { deadlineOf, owedInTime } from '#libs/duties/limits'
import { caseNumber } from '#libs/duties/number'
import { successorOf } from '#libs/organisation/holders'

/** The case as the asker may see it: whole, with marks for personal data, as its reporter, or number, phase and times only. */
export const casePage = async (context: Context, q: QueryRequest, id: string, asOf: AsOf = {}): Promise<Answer<Json>> => {
  const seen = await seeCase(context, q, id, asOf)
  if (!seen) return { kind: 'not-found' }
  return { kind: 'found', body: bodyOf(seen, q.language), revision: seen.facts.revision, position: seen.position }
}

const bodyOf = (seen: SeenCase, language: Language): Json => {
  switch (seen.access) {
    case 'limited':
      return limitedView(seen.facts)
    case 'own':
      return ownView(seen, language)
    case 'informed':
      return informedView(seen, language)
    case 'full':
    case 'masked':
      return wholeView(seen, language)
  }
}

/** Number, phase and times: all that a manager sees while the lex Sarah officer has the case. */
export const limitedView = (facts: CaseFacts): Json => ({
  id: facts.id,
  number: caseNumber(facts.id),
  revision: facts.revision,
  phase: phaseOf(facts),
  reportedAt: facts.reportedAt,
  receivedAt: facts.receivedAt,
})

/** What a reporter sees of her own report: its text, where it stands and the feedback to her. */
export const ownView = (seen: SeenCase, language: Language): Json => {
  const { facts, organisation } = seen
  const events = seen.events()
  const [report] = ofType(events, 'deviation-reported')
  return {
    ...limitedView(facts),
    phaseLabel: phaseLabels[phaseOf(facts)][language],
    reportedType: facts.reportedType,
    reportedUnit: facts.reportedUnit,
    reportedUnitName: unitNameAt(organisation, facts.reportedUnit, facts.reportedAt),
    legalAreas: report?.data.legalAreas,
    occurredAt: facts.occurredAt ?? null,
    discoveredAt: facts.discoveredAt ?? null,
    description: report?.data.description,
    immediateMeasures: report?.data.immediateMeasures ?? null,
    suggestedMeasures: report?.data.suggestedMeasures ?? null,
    wantsFeedback: facts.wantsFeedback,
    supplements: ofType(events, 'report-supplemented')
      .filter((e) => isOwnAct(seen, e))
      .map((e) => ({ ...stamp(e), text: e.data.text })),
    feedback: feedbackOf(events).filter(({ to }) => isForReporter(seen, to)),
  }
}
/** What another provider or authority sees: the report, what passed between the two, and what it was told; the nämnd also what came of it. */
const informedView = (seen: SeenCase, language: Language): Json => {
  const { facts, organisation } = seen
  const events = openEvents(seen)
  const [report] = ofType(events, 'deviation-reported')
  return {
    ...limitedView(facts),
    phaseLabel: phaseLabels[phaseOf(facts)][language],
    ...report?.data,
    reporterMark: undefined,
    reportedUnit: facts.reportedUnit,
    unit: facts.unit,
    unitName: unitName(organisation, facts.unit),
    legalAreas: facts.legalAreas,
    supplements: ofType(events, 'report-supplemented').map((e) => ({ ...stamp(e), ...e.data })),
    handovers: handoversOf(events),
    nextStep: facts.handover ? 'answer-handover' : null,
    feedback: feedbackOf(events),
    ...(seen.opened.has('lex-sarah-decided')
      ? { lexSarah: lexSarahOf(events, facts), investigations: investigationsOf(events), ivo: ivoOf(events, facts) }
      : {}),
  }
}
/** The events that somebody with the informed view knows of: those that she sees the content of, and of the feedback what was for her side. */
export const openEvents = (seen: SeenCase): readonly ShownEvent[] =>
  seen.events().filter((e) => {
    if (!seen.opened.has(e.type)) return false
    if (e.type === 'feedback-given' || e.type === 'feedback-waived') return e.data.to === 'sending-provider' || e.data.to === 'authority'
    return e.type !== 'investigation-completed' || e.data.kind === 'lex-sarah'
  })

/** Each hand-over with what became of it. */
const handoversOf = (events: readonly ShownEvent[]): readonly Json[] =>
  ofType(events, 'handover-offered').map((offered) => {
    const { handover } = offered.data
    const about = events.filter((e) => 'handover' in e.data && e.data.handover === handover)
    const [accepted, declined, withdrawn] = [last(ofType(about, 'handover-accepted')), last(ofType(about, 'handover-declined')), last(ofType(about, 'handover-withdrawn'))]
    const state = accepted ? 'accepted' : declined ? 'declined' : withdrawn ? 'withdrawn' : 'offered'
    return { ...stamp(offered), ...offered.data, state, answer: accepted ?? declined ?? withdrawn }
  })

/** Whether feedback is the reporter's who looks: staff who complain or suggest themselves are the complainant too, who typed in what another said is not. */
export const isForReporter = ({ facts, staff }: SeenCase, to: string | undefined): boolean =>
  to === 'reporter' || (to === 'complainant' && isView(facts) && (facts.reportedBy === staff || facts.anonymous))

/** Whether an event was written by the reporter who looks; the anonymous actor is a case's reporter and nobody else. */
export const isOwnAct = (seen: SeenCase, event: ShownEvent): boolean => event.meta.actor.id === seen.staff || event.meta.actor.id === 'anonymous'

const stamp = ({ revision, recordedAt, meta: { actor } }: ShownEvent) => ({ revision, recordedAt, by: actor })

const wholeView = (seen: SeenCase, language: Language): Json => {
  const { facts, organisation, at } = seen
  const events = seen.events()
  const [report] = ofType(events, 'deviation-reported')
  const phase = phaseOf(facts)
  const steps = nextSteps(facts).map(({ step, responsible, subject }) => ({
    code: stepCode(step),
    responsible: seatText(organisation, responsible, at),
    due: deadlineOf(facts, { step, responsible, ...(subject === undefined ? {} : { subject }) })?.due ?? null,
    text: stepSentences[step][language],
    ...(subject === undefined ? {} : { subject }),
  }))
  return {
    // What was reported, but for what later events changed, which comes after it.
    ...report?.data,
    reporterMark: undefined,
    id: facts.id,
    number: caseNumber(facts.id),
    title: titleOf(facts, organisation, seen.policies, language),
    revision: facts.revision,
    phase,
    phaseLabel: phaseLabels[phase][language],
    unit: facts.unit,
    unitName: unitName(organisation, facts.unit),
    reportedUnit: facts.reportedUnit,
    reportedUnitName: unitNameAt(organisation, facts.reportedUnit, facts.reportedAt),
    // Where a unit was merged since, the case lies at its successor.
    unitToday: successorOf(organisation, facts.unit),
    privateProvider: facts.privateProvider ?? null,
    legalAreas: facts.legalAreas,
    reportedLegalAreas: facts.reportedLegalAreas ?? facts.legalAreas,
    legalAreaCorrections: ofType(events, 'legal-areas-corrected').map((e) => ({ ...stamp(e), ...e.data })),
    batch: facts.batch ?? null,
    reportedAt: facts.reportedAt,
    registeredBy: facts.registeredBy,
    supplements: ofType(events, 'report-supplemented').map((e) => ({ ...stamp(e), ...e.data })),
    notes: ofType(events, 'note-added').map((e) => ({ ...stamp(e), ...e.data })),
    ...registrationOf(events, facts),
    immediateActions: ofType(events, 'immediate-action-recorded').map((e) => ({ ...stamp(e), ...e.data })),
    assessments: ofType(events, 'deviation-assessed').map((e) => ({ ...stamp(e), ...e.data, current: facts.groups[e.data.group ?? 'social']?.assessment?.revision === e.revision, ...categoryWords(seen, e, language) })),
    risk: riskOf(facts),
    riskWords: riskWords(events, seen, language),
    investigations: investigationsOf(events),
    lexSarah: lexSarahOf(events, facts),
    lexMaria: lexMariaOf(events, facts),
    ivo: ivoOf(events, facts),
    measures: measuresOf(events, facts, (unit) => seatText(organisation, { role: 'unit-manager', unit }, at)),
    noMeasures: last(ofType(events, 'no-measures-decided'), facts.noMeasures),
    feedback: feedbackOf(events),
    deadlines: deadlinesOf(events, facts, (seat) => seatText(organisation, seat, at), language),
    nextSteps: steps,
    nextStep: steps[0]?.code ?? 'none',
    responsible: seatText(organisation, { ...facts.responsible, unit: facts.unit }, at),
    accountable: accountable(facts, organisation, at),
    hindersClosing: hindersClosing(facts),
    closed: facts.closed ? last(ofType(events, 'deviation-closed')) : null,
    noCase: facts.noCase ? last(ofType(events, 'outcome-without-case-recorded')) : null,
    moves: ofType(events, 'case-moved').map((e) => ({ ...stamp(e), ...e.data })),
    handovers: handoversOf(events),
    conflicts: facts.conflicts.map((staff) => last(ofType(events, 'conflict-of-interest-declared').filter((e) => e.data.staff === staff))),
    accessRestriction: facts.restricted ? last(ofType(events, 'access-restricted')) : null,
    legalHold: facts.legalHold ? last(ofType(events, 'legal-hold-placed')) : null,
    reopenings: ofType(events, 'deviation-reopened').map((e) => ({ ...stamp(e), ...e.data })),
  }
}

/** Every deadline that was ever set, with what it rests on, with whom it lies while it runs, and what has become of it. */
const deadlinesOf = (events: readonly ShownEvent[], facts: CaseFacts, seatWords: (seat: Seat) => string, language: Language): readonly Json[] => {
  const set = ofType(events, 'deadlines-set').flatMap((e) => (e.data.deadlines ?? []).map((d) => ({ ...d, setAt: e.recordedAt })))
  const owed = owedInTime(facts)
  return facts.deadlines.map((deadline) => {
    const { id, key, subject, due, dueInstant, warnInstant, binding, missed = [], metAt } = deadline
    const duty = owed.find((one) => isRunning(deadline) && isSame(one, deadline))
    const first = set.find((d) => d.id === id)
    return {
      id,
      key,
      label: deadlineName(id)[language],
      subject: subject ?? null,
      due,
      dueInstant,
      warn: warnInstant === undefined ? null : stockholmDay(warnInstant),
      status: statusOf(deadline),
      responsible: duty ? seatWords(duty.responsible) : null,
      basis: first?.basis ?? null,
      binding,
      setAt: first?.setAt ?? null,
      metAt: metAt ?? null,
      missed,
      extensions: ofType(events, 'deadline-extended').filter((e) => e.data.deadline === id).map((e) => ({ ...stamp(e), ...e.data })),
    }
  })
}

/** The last of some events, or the one of a revision, with its time and actor; null when there is none. */
const last = (events: readonly ShownEvent[], revision: number | undefined = events.at(-1)?.revision): Json | null => {
  const event = events.find((e) => e.revision === revision)
  return event ? { ...stamp(event), ...event.data } : null
}

/** The last score of each group that has one. */
export const riskOf = ({ groups }: CaseFacts): Json => ({
  ...(groups.social?.risk ? { social: groups.social.risk } : {}),
  ...(groups.health?.risk ? { health: groups.health.risk } : {}),
})

/** A category in the words of the vocabulary that it was chosen from. */
const categoryWords = (seen: SeenCase, e: Extract<ShownEvent, { readonly type: 'deviation-assessed' }>, language: Language): Json => {
  const { group, category } = e.data
  return group === undefined || category === undefined ? {} : { categoryLabel: wordsAsOf(seen.policies, e.meta.versions.vocabulary).category(group, category)[language] }
}
/** The last score of each group in the words of the scales of its day. */
const riskWords = (events: readonly ShownEvent[], { policies }: SeenCase, language: Language): Json =>
  Object.fromEntries(
    ofType(events, 'risk-scored').map(({ data: { group = 'social', severity = 0, likelihood = 0 }, meta }) => {
      const words = wordsAsOf(policies, meta.versions.policy)
      return [group, { severity: words.scale('severity', severity)?.[language] ?? null, likelihood: words.scale('likelihood', likelihood)?.[language] ?? null }]
    }),
  )

const registrationOf = (events: readonly ShownEvent[], facts: CaseFacts): Json => {
  const assigned = ofType(events, 'diary-number-assigned').at(-1)
  const acknowledged = ofType(events, 'receipt-acknowledged').at(-1)
  return {
    acknowledgement: acknowledged ? { ...stamp(acknowledged), ...acknowledged.data } : null,
    diary: facts.diary,
    diaryNumber: assigned?.data.diaryNumber ?? acknowledged?.data.diaryNumber ?? null,
    publicTitle: assigned?.data.publicTitle ?? null,
    sentToRegistrar: last(ofType(events, 'documentation-sent-to-registrar')),
  }
}

/** Each investigation with when it was opened and what it came to; a reopened one keeps what it had until it is completed anew. */
const investigationsOf = (events: readonly ShownEvent[]): readonly Json[] => {
  const found = new Map<string, Json>()
  for (const e of events) {
    if (e.type !== 'investigation-opened' && e.type !== 'investigation-completed' && e.type !== 'investigation-reopened') continue
    const key = e.data.kind === 'lex-sarah' ? 'lex-sarah' : `${e.data.group ?? ''}`
    const before = found.get(key) ?? {}
    if (e.type === 'investigation-opened') found.set(key, { ...e.data, state: 'open', openedAt: e.recordedAt, completedAt: null })
    else if (e.type === 'investigation-completed') found.set(key, { ...before, ...e.data, state: 'completed', completedAt: e.recordedAt, completedBy: e.meta.actor })
    else found.set(key, { ...before, state: 'open', completedAt: null, reopenedAt: e.recordedAt, reopenedBecause: e.data.reason })
  }
  return [...found.values()]
}

/** The lex Sarah track; null for a case that was never escalated. */
const lexSarahOf = (events: readonly ShownEvent[], facts: CaseFacts): Json | null => {
  const { lexSarah } = facts
  if (lexSarah.step === 'none') return null
  const proposed = lexSarah.step === 'taken-over' ? lexSarah.proposal : undefined
  return {
    step: lexSarah.step,
    degree: lexSarah.step === 'decided' ? lexSarah.degree : null,
    proposedDegree: proposed?.degree ?? null,
    investigator: (lexSarah.step === 'taken-over' || lexSarah.step === 'decided' ? lexSarah.investigator : undefined) ?? null,
    escalation: last(ofType(events, 'lex-sarah-escalated')),
    takenOver: last(ofType(events, 'lex-sarah-taken-over')),
    declined: lexSarah.step === 'declined' ? last(ofType(events, 'lex-sarah-declined')) : null,
    proposal: last(ofType(events, 'lex-sarah-degree-proposed')),
    decision: lexSarah.step === 'decided' ? last(ofType(events, 'lex-sarah-decided')) : null,
    authorityInformed: last(ofType(events, 'authority-informed-by-provider')),
  }
}

/** The lex Maria track with what the patient was told; null for a case without either. */
const lexMariaOf = (events: readonly ShownEvent[], facts: CaseFacts): Json | null => {
  const { lexMaria, patient } = facts
  if (lexMaria.step === 'none' && patient === 'none' && !careInjuryStands(facts)) return null
  return {
    step: lexMaria.step,
    notify: lexMaria.step === 'decided' ? lexMaria.notify : null,
    referral: last(ofType(events, 'lex-maria-referred')),
    decision: lexMaria.step === 'decided' ? last(ofType(events, 'lex-maria-decided')) : null,
    patient,
    patientInformed: last(ofType(events, 'patient-informed')),
    patientInformationWaived: patient === 'waived' ? last(ofType(events, 'patient-information-waived')) : null,
  }
}

/** One entry for each law that was decided on, from the decision to IVO's own. */
const ivoOf = (events: readonly ShownEvent[], facts: CaseFacts): readonly Json[] =>
  Object.entries(facts.ivo).map(([law, { notify, sent, receipt, investigation, requests, decided }]) => {
    const about = events.filter((e) => 'law' in e.data && e.data.law === law)
    const all = <T extends ShownEvent['type']>(type: T) => ofType(about, type).map((e) => ({ ...stamp(e), ...e.data }))
    return {
      law,
      notify,
      sent,
      receipt,
      investigation: investigation ?? null,
      decided: decided ?? false,
      decision: last(ofType(about, 'ivo-notification-decided')),
      notification: last(ofType(about, 'ivo-notification-sent')),
      acknowledgement: last(ofType(about, 'ivo-receipt-recorded')),
      investigationSent: last(ofType(about, 'ivo-investigation-sent')),
      requests: (requests ?? []).map(({ request, due, answered }) => ({
        request,
        due,
        answered,
        asked: last(ofType(about, 'ivo-supplement-requested').filter((e) => e.data.request === request)),
        supplement: last(ofType(about, 'ivo-supplement-sent').filter((e) => e.data.request === request)),
      })),
      extensions: all('ivo-extension-granted'),
      ivoDecision: last(ofType(about, 'ivo-decision-received')),
    }
  })

const measuresOf = (events: readonly ShownEvent[], facts: CaseFacts, seatAt: (unit: string) => string): readonly Json[] =>
  facts.measures.map((measure) => {
    const about = events.filter((e) => 'measureId' in e.data && e.data.measureId === measure.id)
    const proposed = ofType(about, 'measure-proposed').at(0)
    const decision = ofType(events, 'measures-decided')
      .flatMap((e) => (e.data.decisions ?? []).filter((d) => d.measureId === measure.id).map((d) => ({ ...stamp(e), decision: d.decision, motivation: d.motivation })))
      .at(-1)
    return {
      ...proposed?.data,
      responsible: seatAt(measure.responsible.unit),
      state: measure.state,
      replacedBy: measure.replacedBy ?? null,
      proposed: proposed ? stamp(proposed) : null,
      effect: ofType(about, 'effect-criterion-set').at(-1)?.data.effect ?? null,
      decision: decision ?? null,
      cancelled: last(ofType(about, 'measure-cancelled')),
      completed: last(ofType(about, 'measure-completed')),
      check: last(ofType(about, 'measure-effect-checked')),
    }
  })

const feedbackOf = (events: readonly ShownEvent[]) =>
  events.flatMap((e) => {
    if (e.type === 'feedback-given') return [{ ...stamp(e), given: true, ...e.data }]
    return e.type === 'feedback-waived' ? [{ ...stamp(e), given: false, ...e.data }] : []
  })
