import { ChosenId, ChosenIds, Code, Flag, InstantOrDay, Line, Login, Parts } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { roles, scopes } from '#events/codes'
import type { Role } from '#events/codes'

/** Nämnd: the root of a tree of units. */
export class RegisterAuthorityBody {
  @ChosenId() readonly unit!: string
  @Line() readonly name!: string
}

/** Utförare: the root of a tree of its own, beside the authority. */
export class RegisterProviderBody {
  @ChosenId() readonly unit!: string
  @Line() readonly name!: string
  /** Yrkesmässigt bedriven enskild verksamhet. */
  @Optional() @Flag() readonly private?: boolean
}

/** Enhet. */
export class RegisterUnitBody {
  @ChosenId() readonly unit!: string
  @Line() readonly name!: string
  @ChosenId() readonly parent!: string
}

export class RenameUnitBody {
  @ChosenId() readonly unit!: string
  @Line() readonly name!: string
}

export class MoveUnitBody {
  @ChosenId() readonly unit!: string
  @ChosenId() readonly parent!: string
}

/** Sammanslagning. */
export class MergeUnitsBody {
  @ChosenIds(1, 100) readonly units!: readonly string[]
  /** A unit that exists, or a new one: then with name and parent. */
  @ChosenId() readonly into!: string
  @Optional() @Line() readonly name?: string
  @Optional() @ChosenId() readonly parent?: string
}

/** One of the units that a unit is split into. */
export class SplitPartBody {
  @ChosenId() readonly unit!: string
  @Line() readonly name!: string
}

/** Delning. */
export class SplitUnitBody {
  @ChosenId() readonly unit!: string
  @Parts(SplitPartBody, 2, 100) readonly into!: readonly SplitPartBody[]
}

export class CloseUnitBody {
  @ChosenId() readonly unit!: string
}

/** Rolltilldelning. */
export class GrantRoleBody {
  @Login() readonly subject!: string
  @Code(roles, ['clock', 'import']) readonly role!: Role
  @ChosenId() readonly unit!: string
  @Optional() @Code(scopes) readonly scope?: (typeof scopes)[number]
  @InstantOrDay() readonly from!: string
  @Optional() @InstantOrDay() readonly until?: string
  @Optional() @Flag() readonly primary?: boolean
}

/** Bekräftelse av en annan person (fyra ögon). */
export class ConfirmGrantBody {
  @Line() readonly grant!: string
}

export class RevokeRoleBody {
  @Line() readonly grant!: string
  @InstantOrDay() readonly until!: string
}

/** Vikariat: always for a period. */
export class AppointSubstituteBody {
  @Line() readonly grant!: string
  @Login() readonly subject!: string
  @InstantOrDay() readonly from!: string
  @InstantOrDay() readonly until!: string
}

/** Kalenderprenumeration of one's own deadlines in a role. */
export class OpenCalendarFeedBody {
  @Line() readonly grant!: string
}

export class CloseCalendarFeedBody {
  @Line() readonly feed!: string
}

/** Någon slutar. */
export class EndServiceBody {
  @Login() readonly subject!: string
  @InstantOrDay() readonly at!: string
}
