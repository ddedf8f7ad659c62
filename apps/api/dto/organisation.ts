import { ChosenId, Code, Flag, InstantOrDay, Line, Login } from '#apps/api/checks'
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
