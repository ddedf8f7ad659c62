/** What hinders closing a case; also the refusals of the close command. */
export const hindrances = [
  'not-assessed',
  'not-scored',
  'investigation-required',
  'investigation-not-completed',
  'suspicion-unresolved',
  'care-injury-unresolved',
  'lex-maria-undecided',
  'patient-not-informed',
  'handover-pending',
  'authority-not-informed',
  'lex-sarah-undecided',
  'ivo-decision-missing',
  'ivo-not-sent',
  'ivo-receipt-missing',
  'measures-undecided',
  'measure-undecided',
  'measure-not-completed',
  'effect-criterion-missing',
  'effect-not-checked',
  'feedback-missing',
  'acknowledgement-missing',
  'answer-missing',
  'not-sent-to-registrar',
] as const
export type Hindrance = (typeof hindrances)[number]

/** The next steps of a case, each with a responsible role. */
export const steps = [
  'acknowledge',
  'assign-diary-number',
  'assess',
  'score-risk',
  'investigate',
  'complete-investigation',
  'escalate-or-clear',
  'take-over-lex-sarah',
  'appoint-investigator',
  'propose-degree',
  'decide-degree',
  'decide-ivo',
  'send-ivo',
  'record-ivo-receipt',
  'send-ivo-investigation',
  'answer-ivo',
  'decide-lex-maria',
  'inform-patient',
  'inform-authority',
  'answer-handover',
  'propose-measures',
  'decide-measures',
  'complete-measures',
  'check-effect',
  'give-feedback',
  'answer-complaint',
  'send-to-registrar',
  'close',
  'none',
] as const
export type Step = (typeof steps)[number]
/** The code under which clients know a step: all that is sent to IVO has one, and the step's sentence says what it is. */
export const stepCode = (step: Step): Exclude<Step, 'send-ivo-investigation'> => (step === 'send-ivo-investigation' ? 'send-ivo' : step)

export const phases = ['reported', 'assessing', 'investigating', 'lex-sarah', 'measures', 'following-up', 'closing', 'closed', 'no-case'] as const
export type Phase = (typeof phases)[number]
