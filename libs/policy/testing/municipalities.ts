import type { PolicyParts } from '#events/policy'
import { drafted } from '#libs/policy/decide'
import { defaultPolicy, type Policy } from '#libs/policy/policy'

const policy = (id: string, risk: Partial<PolicyParts['risk']>): Policy => drafted(id, defaultPolicy, { risk: { ...defaultPolicy.risk, ...risk } })

/** Risk rules of four municipalities as policies (law §5.2); a group that the source says nothing of keeps the default. */
export const municipalities = {
  /** R4: "over 8". */
  board2020: policy('board-2020', { social: { score: 9 }, health: { score: 9 } }),
  /** R3: measures from 9. */
  stockholm: policy('stockholm', { social: { score: 9 }, health: { score: 9 } }),
  /** SoL and LSS: 8 and a severity of 3; HSL: 8 or a severity of 3. */
  kristianstad: policy('kristianstad', { social: { score: 8, severity: 3, combine: 'and' }, health: { score: 8, severity: 3, combine: 'or' } }),
  /** HSL: 4. */
  sundsvall: policy('sundsvall', { health: { score: 4 } }),
} as const
