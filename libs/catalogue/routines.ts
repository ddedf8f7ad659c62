import { routineEvents, type RoutineEvent } from '#events/routine'
import { wordsOf, type PolicyWords } from '#libs/catalogue/policy'
import { p, when, type Phrase } from '#libs/catalogue/phrase'
import type { Language } from '#libs/catalogue/sentence'
import { said } from '#libs/catalogue/summaries'
import { mailPhrases, timePhrases } from '#libs/catalogue/time'
import { byName, type Labels } from '#libs/kernel/event'
import type { RoutineAsk } from '#libs/routines/asks'

/** What a routine asks its owner for now. */
export const askSentences: Readonly<Record<RoutineAsk, Labels>> = {
  'risk-analysis': { sv: 'Gör en riskanalys av rutinen.', en: 'Make a risk analysis of the routine.' },
  'self-check': { sv: 'Gör en egenkontroll av rutinen.', en: 'Perform a self-check of the routine.' },
  measure: { sv: 'Föreslå en åtgärd, eller revidera rutinen.', en: 'Propose a measure, or revise the routine.' },
  revision: { sv: 'Revidera rutinen efter den genomförda åtgärden.', en: 'Revise the routine after the completed measure.' },
}

const because = [p(' Ärende {case}', ' Case {case}'), p(', åtgärd {measureId}', ', measure {measureId}'), when('named', '.', '.')]
const summaries: Readonly<Record<RoutineEvent['type'], readonly Phrase[]>> = {
  'routine-registered': [
    p('Rutinen {name} registrerades: {process}, {activity}. Ägare: {owner.role} vid {owner.unit}.', 'The routine {name} was registered: {process}, {activity}. Owner: {owner.role} at {owner.unit}.'),
  ],
  'routine-revised': [p('Rutinen reviderades, version {version}.', 'The routine was revised, version {version}.'), ...because, p(' {changes}', ' {changes}')],
  'routine-risk-analysed': [
    p('Allvarlighetsgrad {severity} gånger sannolikhet {likelihood} ger riskvärdet {score}', 'Severity {severity} times likelihood {likelihood} gives the score {score}'),
    when('asksForMeasures', ', som kräver åtgärder.', ', which asks for measures.'),
    when('!asksForMeasures', '.', '.'),
    ...because,
    p(' {description}', ' {description}'),
    p(' Åtgärder: {measures}', ' Measures: {measures}'),
  ],
  'self-check-planned': [
    p('Egenkontroll planerades: {interval}, första gången {firstDue}. {direction}', 'A self-check was planned: {interval}, first on {firstDue}. {direction}'),
    p(', gräns för godtagbart resultat {lowestAcceptedResult}.', ', limit of the accepted result {lowestAcceptedResult}.'),
    ...because,
    p(' {what}', ' {what}'),
  ],
  'self-check-performed': [
    p('Egenkontroll gjordes {performedAt}: resultat {result}, ', 'A self-check was performed {performedAt}: result {result}, '),
    when('accepted', 'godtaget.', 'accepted.'),
    when('!accepted', 'inte godtaget.', 'not accepted.'),
    p(' Nästa gång {nextDue}.', ' Next on {nextDue}.'),
    p(' {comment}', ' {comment}'),
  ],
  'routine-owner-changed': [p('Ny ägare: {owner.role} vid {owner.unit}.', 'New owner: {owner.role} at {owner.unit}.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'routine-ended': [p('Rutinen upphörde.', 'The routine ended.'), p(' Skäl: {reason}', ' Reason: {reason}')],
  ...timePhrases,
  ...mailPhrases,
}

const types = byName(routineEvents)

/** What an event of a routine says, in a sentence or a few: its codes in words and what of its content is in `data`. */
export const routineSummaryOf = (
  event: { readonly type: RoutineEvent['type']; readonly data: Readonly<Record<string, unknown>> },
  language: Language,
  unitName: (unit: string) => string = (unit) => unit,
  policy: PolicyWords = wordsOf(),
): string => said(summaries[event.type], types.get(event.type)?.shape ?? {}, { ...event.data, named: event.data['case'] !== undefined }, { language, unitName, policy })
