import type { Role } from '#events/codes'
import { organisationEvents, readOrganisation, type NewOrganisationEvent } from '#events/organisation'
import { byName } from '#libs/kernel/event'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { decideOrganisation, initialise } from '#libs/organisation/decide'
import { rightOverOrganisation } from '#libs/organisation/rights'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'

/** A day of March 2026 as an instant; specs tell their time in days. */
export const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T08:00:00.000Z`

const types = byName(organisationEvents)
/** What was known once `who` had written the events at an instant. */
export const told = (org: Organisation, who: string, at: string, ...events: readonly NewOrganisationEvent[]): Organisation =>
  events.reduce(
    (state, { type, data }) =>
      evolveOrganisation(
        state,
        readOrganisation({
          id: `e${state.events}`,
          stream: 'organisation',
          revision: state.events,
          type,
          schemaVersion: types.get(type)?.version ?? 0,
          recordedAt: at,
          meta: {
            actor: { id: who, role: 'administrator' },
            commandId: `c${state.events}`,
            fingerprint: 'f',
            correlationId: 'r',
            causationId: 'r',
            versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: state.events },
          },
          data: { ...data },
          position: String(state.events),
          size: state.events + 1,
        }),
      ),
    org,
  )

/** What a command comes to: the events, `forbidden`, or the codes of refusal or fault. */
export const when = (org: Organisation, sender: string, at: string, command: OrganisationCommand): readonly NewOrganisationEvent[] | 'forbidden' | readonly string[] => {
  const subject = 'subject' in command && (command.intent !== 'end-service' || org.byStaff.has(command.subject)) ? { staff: command.subject, login: command.subject } : undefined
  if (!rightOverOrganisation(org, command, { sender, now: at, subject: subject?.staff })) return 'forbidden'
  const decision = decideOrganisation(command, org, { now: at, sender, subject, grantId: `g${org.events}` })
  if (decision.kind === 'events') return decision.events
  if (decision.kind === 'refused') return decision.reasons.map(({ code }) => code)
  if (decision.kind === 'invalid') return decision.faults.map(({ pointer, code }) => `${pointer} ${code}`)
  return decision.kind === 'forbidden' ? 'forbidden' : [decision.kind]
}

const granted = (grant: string, role: Role, unit: string, scope: 'unit' | 'subtree' = 'unit', primary = false): NewOrganisationEvent => ({
  type: 'role-granted',
  data: { grant, staff: grant, role, unit, scope, from: day(1), primary, needsConfirmation: false },
})
const initial = initialise(emptyOrganisation, { staff: 'admin', login: 'admin', grant: 'admin' }, { staff: 'confirmer', login: 'confirmer', grant: 'confirmer' }, day(1))
const founding = initial.kind === 'events' ? initial.events : []

/** Staff numbers and grants are named for the roles, so that a spec reads as a story. */
export const town: Organisation = told(
  told(emptyOrganisation, 'operator', day(1), ...founding),
  'operator',
  day(1),
  { type: 'authority-registered', data: { unit: 'board', name: 'Socialnämnden' } },
  { type: 'unit-registered', data: { unit: 'area', name: 'IFO', parent: 'board' } },
  { type: 'unit-registered', data: { unit: 'home', name: 'Barn och unga', parent: 'area' } },
  { type: 'unit-registered', data: { unit: 'nursing', name: 'Hemsjukvård', parent: 'board' } },
  { type: 'provider-registered', data: { unit: 'owl', name: 'Nattugglan AB', private: true } },
  { type: 'unit-registered', data: { unit: 'owl-lss', name: 'Nattugglan LSS', parent: 'owl' } },
  granted('deputy', 'unit-manager', 'home'),
  granted('manager', 'unit-manager', 'home', 'unit', true),
  granted('area-manager', 'area-manager', 'area', 'subtree'),
  granted('director', 'director', 'board', 'subtree'),
  granted('decider', 'decision-maker', 'board', 'subtree'),
  granted('officer', 'lex-sarah-officer', 'board', 'subtree'),
  granted('home-officer', 'lex-sarah-officer', 'home'),
  granted('board-admin', 'administrator', 'board', 'subtree'),
  granted('board-only', 'registrar', 'board'),
)
