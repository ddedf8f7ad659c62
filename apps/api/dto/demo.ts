import { Instant, Login } from '#apps/api/checks'

export class SetClockBody {
  @Instant() readonly now!: string
}
export class LoadDemoBody {}
export class InitOrganisationBody {
  @Login() readonly admin!: string
  @Login() readonly confirmer!: string
}
