/** Every refusal of a command on a routine (422), stable codes; their sentences stand in the catalogue. */
export const routineReasonCodes = [
  'routine-exists',
  'routine-ended',
  'case-unknown',
  'measure-unknown',
  'measure-of-other-routine',
  'self-check-not-planned',
  'self-check-before-plan',
  'owner-unchanged',
  'owner-elsewhere',
] as const
export type RoutineReasonCode = (typeof routineReasonCodes)[number]
