import { Flag, FlagOrText, PastInstant, Text } from '#apps/api/checks'

/** Lyft som lex Maria (PSL 3 kap. 5 §). */
export class ReferToLexMariaBody {
  @Text() readonly ground!: string
}

/** Beslut om lex Maria, which is the decision on notification to IVO as well. */
export class DecideLexMariaBody {
  @Flag() readonly notify!: boolean
  @Text() readonly motivation!: string
}

/** Information till patienten eller en närstående (PSL 3 kap. 8 §). */
export class InformPatientBody {
  @PastInstant() readonly informedAt!: string
  @Text() readonly how!: string
  /** Whether it is noted in the patient's record, or in which words. */
  @FlagOrText() readonly notedInRecord!: boolean | string
}

export class WaivePatientInformationBody {
  @Text() readonly reason!: string
}
