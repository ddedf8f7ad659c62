import { stockholmDay } from '#libs/calendar/days'
import type { CommandOf } from '#libs/deviation/commands'
import { unless, type Case } from '#libs/deviation/decision'
import { groupsOf } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { legalBasesOn } from '#libs/policy/policy'

const isOfHealth = (facts: CaseFacts): boolean => groupsOf(facts).includes('health')
/** Once referred the patient is told, also where the legal areas were corrected since. */
const hasPatient = (facts: CaseFacts): boolean => isOfHealth(facts) || facts.lexMaria.step !== 'none'

/** Lyfta som lex Maria: events that caused or could have caused a serious care injury (PSL 3 kap. 5 §). Runs beside the social side. */
export const refer =
  (command: CommandOf<'refer-to-lex-maria'>): Case =>
  (facts, { policy }) => {
    const { lexMaria } = facts
    return unless(
      [
        !isOfHealth(facts) && 'lex-maria-needs-health-law',
        (lexMaria.step === 'referred' || (lexMaria.step === 'decided' && lexMaria.notify)) && 'lex-maria-referred-already',
      ],
      () => [{ type: 'lex-maria-referred', data: { ground: command.ground, legalBases: legalBasesOn(policy, ['HSL'], stockholmDay(facts.receivedAt), 'notify') } }],
    )
  }

/** Beslut om lex Maria, which is the decision on notification to IVO as well; may change until the notification is sent. */
export const decide =
  (command: CommandOf<'decide-lex-maria'>): Case =>
  (facts) => {
    const { notify, motivation } = command
    return unless([facts.lexMaria.step === 'none' && 'lex-maria-not-referred', facts.ivo['lex-maria']?.sent && 'ivo-sent-already'], () => [
      { type: 'lex-maria-decided', data: { notify, motivation } },
      { type: 'ivo-notification-decided', data: { law: 'lex-maria', notify, motivation } },
    ])
  }

/** Information till patienten, or a relative (PSL 3 kap. 8 §). */
export const informPatient =
  (command: CommandOf<'inform-patient'>): Case =>
  (facts) => {
    const { informedAt, how, notedInRecord } = command
    const words = typeof notedInRecord === 'string' ? notedInRecord : undefined
    return unless([!hasPatient(facts) && 'lex-maria-needs-health-law', facts.patient === 'informed' && 'patient-informed-already'], () => [
      { type: 'patient-informed', data: { informedAt, how, notedInRecord: notedInRecord !== false, note: words } },
    ])
  }

/** Avstå från att informera patienten, with a reason. */
export const waivePatientInformation =
  (command: CommandOf<'waive-patient-information'>): Case =>
  (facts) =>
    unless(
      [
        !hasPatient(facts) && 'lex-maria-needs-health-law',
        facts.patient === 'informed' && 'patient-informed-already',
        facts.patient === 'waived' && 'patient-information-waived-already',
      ],
      () => [{ type: 'patient-information-waived', data: { reason: command.reason } }],
    )
