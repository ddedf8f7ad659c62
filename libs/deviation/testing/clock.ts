import type { NewDeviationEvent } from '#events/deviation'
import { nextAction, say, type Action } from '#libs/deadlines/clock'
import { isSame } from '#libs/deadlines/follow'
import { barred } from '#libs/deviation/access'
import type { Story } from '#libs/deviation/testing/world'
import { owedInTime } from '#libs/duties/limits'

/** What the clock has to say of a case next, whatever the time. */
export const nextSaid = ({ facts }: Story): Action | undefined => facts.deadlines.flatMap((d) => nextAction(d) ?? []).toSorted((a, b) => (a.at < b.at ? -1 : 1))[0]

/** What the clock says of an action at the time of the story. */
export const saidOf = ({ facts, setting }: Story, action: Action): readonly NewDeviationEvent[] => {
  const deadline = facts.deadlines.find((d) => d.id === action.deadline)
  const duty = deadline && owedInTime(facts).find((owed) => isSame(owed, deadline))
  const { organisation, now } = setting
  return duty ? say(action, deadline, { now, organisation, escalation: setting.policy.escalation, responsible: duty.responsible, ineligible: barred(facts, { organisation, now }) }) : []
}

/** Time passes until the clock has something to say, and a while more: it says that one thing. */
export const passing = (s: Story, ms = 0): Story => {
  const action = nextSaid(s)
  if (!action) return s
  const at = new Date(Date.parse(action.at) + ms).toISOString()
  const then = s.at(at > s.setting.now ? at : s.setting.now)
  return then.told('clock', saidOf(then, action))
}
