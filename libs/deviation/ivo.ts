import type { IvoLaw } from '#events/codes'
import type { CommandOf } from '#libs/deviation/commands'
import { unless, type Case, type DecisionContext } from '#libs/deviation/decision'
import type { ReasonCode } from '#libs/deviation/reasons'
import { mustNotify, openRequests } from '#libs/duties/duties'
import type { CaseFacts, IvoNotification } from '#libs/duties/facts'
import { rootOf } from '#libs/organisation/holders'

/** Why there is nothing to decide on under a law yet. */
const nothingToDecide = (facts: CaseFacts, law: IvoLaw, notify: boolean, { organisation }: Pick<DecisionContext, 'organisation'>): ReasonCode | false => {
  const { lexSarah, lexMaria } = facts
  switch (law) {
    case 'lex-sarah': {
      const settled = lexSarah.step === 'declined' || (lexSarah.step === 'decided' && lexSarah.degree === 'none')
      return (!facts.everEscalated || (notify && settled)) && 'lex-sarah-not-escalated'
    }
    case 'lex-maria':
      if (lexMaria.step === 'none') return 'lex-maria-not-referred'
      if (lexMaria.step === 'referred') return 'lex-maria-undecided'
      return lexMaria.notify !== notify && 'lex-maria-decided-otherwise'
    case 'deficient-private-operator': {
      const root = rootOf(organisation, facts.unit)
      return (root === undefined || organisation.units.get(root)?.kind !== 'authority') && 'not-at-an-authority'
    }
  }
}

/**
 * Beslut om anmälan till IVO: lex Sarah (SoL 27 kap. 6 §, LSS 24 f §; may come before the investigation is complete), lex Maria as decided (PSL 3
 * kap. 5 §), or the municipality's on a private operator (SoL 27 kap. 7 §, LSS 15 § p. 11), which is the nämnd's and no provider's.
 */
export const decideIvo =
  (command: CommandOf<'decide-ivo-notification'>): Case =>
  (facts, context) => {
    const { lexSarah } = facts
    const { law, notify, motivation } = command
    const degree = lexSarah.step === 'decided' ? lexSarah.degree : undefined
    return unless(
      [
        nothingToDecide(facts, law, notify, context),
        facts.ivo[law]?.sent && 'ivo-sent-already',
        law === 'lex-sarah' && !notify && degree !== undefined && mustNotify(degree) && 'degree-requires-notification',
      ],
      () => [{ type: 'ivo-notification-decided', data: { law, notify, motivation } }],
    )
  }

/** Anmälan skickad: needs a positive decision. */
export const recordIvoSent =
  (command: CommandOf<'record-ivo-sent'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    return unless([!ivo?.notify && 'ivo-not-decided', ivo?.sent && 'ivo-sent-already'], () => [
      {
        type: 'ivo-notification-sent',
        data: { law: command.law, channel: command.channel, sentAt: command.sentAt, diaryNumber: command.diaryNumber, packageSha256: command.packageSha256 },
      },
    ])
  }

const notSent = (ivo: IvoNotification | undefined): ReasonCode | false => !ivo?.sent && 'ivo-not-sent'

/** Kvittens från IVO: needs a notification that was sent. */
export const recordIvoReceipt =
  (command: CommandOf<'record-ivo-receipt'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    return unless([notSent(ivo), ivo?.receipt && 'ivo-receipt-already'], () => [
      { type: 'ivo-receipt-recorded', data: { law: command.law, ivoCaseNumber: command.ivoCaseNumber, receivedAt: command.receivedAt } },
    ])
  }

/** Utredningen till IVO, where it did not go with the notification. */
export const recordInvestigationSent =
  (command: CommandOf<'record-ivo-investigation-sent'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    return unless([notSent(ivo), ivo?.investigation === 'sent' && 'ivo-investigation-sent-already'], () => [
      { type: 'ivo-investigation-sent', data: { law: command.law, sentAt: command.sentAt, packageSha256: command.packageSha256 } },
    ])
  }

/** IVO:s begäran om komplettering, also on a closed case. */
export const recordRequest =
  (command: CommandOf<'record-ivo-request'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    return unless([notSent(ivo)], () => [
      { type: 'ivo-supplement-requested', data: { law: command.law, request: requestsOf(facts) + 1, what: command.what, due: command.due } },
    ])
  }

/** Requests so far: they are numbered within the case, whatever the law. */
const requestsOf = (facts: CaseFacts): number => Object.values(facts.ivo).reduce((sum, { requests }) => sum + (requests?.length ?? 0), 0)

const waiting = (ivo: IvoNotification | undefined, request: number | undefined) =>
  ivo?.requests?.find((r) => !r.answered && (request === undefined || r.request === request))

/** Kompletteringen till IVO: answers the request that it names, else the oldest that waits. */
export const recordSupplement =
  (command: CommandOf<'record-ivo-supplement'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    const answered = waiting(ivo, command.request)
    return unless([notSent(ivo), ivo?.sent && !answered && 'ivo-no-request'], () =>
      answered ? [{ type: 'ivo-supplement-sent', data: { law: command.law, request: answered.request, sentAt: command.sentAt, packageSha256: command.packageSha256 } }] : [],
    )
  }

/** Anstånd från IVO: of the request that it names, else of the investigation. */
export const recordExtension =
  (command: CommandOf<'record-ivo-extension'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    const { law, newDue, request, document } = command
    return unless([notSent(ivo), ivo?.sent && request !== undefined && !waiting(ivo, request) && 'ivo-no-request'], () => [
      { type: 'ivo-extension-granted', data: { law, newDue, request, document } },
    ])
  }

/** IVO:s beslut, which ends the notification. */
export const recordDecision =
  (command: CommandOf<'record-ivo-decision'>): Case =>
  (facts) => {
    const ivo = facts.ivo[command.law]
    return unless([notSent(ivo), ivo?.decided && openRequests(ivo).length === 0 && 'ivo-decision-received-already'], () => [
      { type: 'ivo-decision-received', data: { law: command.law, outcome: command.outcome, decidedAt: command.decidedAt } },
    ])
  }
