import { Code, Day, Flag, Line, Login, PastInstant, Sha256, Text } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { degrees, ivoChannels, ivoLaws } from '#events/codes'
import type { Degree } from '#events/codes'

/** Other laws are taken up with lex Maria. */
const laterLaws = ['lex-maria', 'deficient-private-operator']

/** Lyft som lex Sarah (SoL 27 kap. 2 §, LSS 24 b §). */
export class EscalateToLexSarahBody {
  @Text() readonly ground!: string
}

/** Underrättelse till nämnden från enskild verksamhet. */
export class InformAuthorityBody {
  @PastInstant() readonly informedAt!: string
  @Text() readonly how!: string
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

/** Beslut om anmälan till IVO. */
export class DecideIvoNotificationBody {
  @Code(ivoLaws, laterLaws) readonly law!: 'lex-sarah'
  @Flag() readonly notify!: boolean
  @Text() readonly motivation!: string
}

/** Anmälan skickad till IVO. */
export class RecordIvoSentBody {
  @Code(ivoLaws, laterLaws) readonly law!: 'lex-sarah'
  @Code(ivoChannels) readonly channel!: (typeof ivoChannels)[number]
  @PastInstant() readonly sentAt!: string
  @Line() readonly diaryNumber!: string
  @Optional() @Sha256() readonly packageSha256?: string
}

/** Kvittens från IVO. */
export class RecordIvoReceiptBody {
  @Code(ivoLaws, laterLaws) readonly law!: 'lex-sarah'
  @Line() readonly ivoCaseNumber!: string
  @PastInstant() readonly receivedAt!: string
}
