import { ChosenId, Code, Day, Login, PastInstant, Text } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { degrees } from '#events/codes'
import type { Degree } from '#events/codes'

/** Lyft som lex Sarah (SoL 27 kap. 2 §, LSS 24 b §). */
export class EscalateToLexSarahBody {
  @Text() readonly ground!: string
}

/** Underrättelse till nämnden från enskild verksamhet. */
export class InformAuthorityBody {
  @PastInstant() readonly informedAt!: string
  @Text() readonly how!: string
  /** The nämnd; needed where there are several. */
  @Optional() @ChosenId() readonly authority?: string
}

export class TakeOverLexSarahBody {}

export class DeclineLexSarahBody {
  @Text() readonly motivation!: string
}

export class AppointInvestigatorBody {
  /** Login of the lex Sarah-utredare. */
  @Login() readonly subject!: string
}

/** Förslag till grad. */
export class ProposeDegreeBody {
  @Code(degrees) readonly degree!: Degree
  @Text() readonly motivation!: string
}

/** Beslut om grad: missförhållande, påtaglig risk, allvarligt. */
export class DecideDegreeBody {
  @Code(degrees) readonly degree!: Degree
  @Text() readonly motivation!: string
  /** Punkt i delegationsordningen. */
  @Optional() @Text() readonly delegationReference?: string
  /** Föredragande. */
  @Optional() @Text() readonly presenter?: string
  /** Anmält till nämnden. */
  @Optional() @Day() readonly reportedToBoardOn?: string
}
