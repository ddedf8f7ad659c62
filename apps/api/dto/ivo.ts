import { Code, Day, Flag, Line, PastInstant, Sha256, Text, Whole } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { ivoChannels, ivoLaws } from '#events/codes'
import type { IvoLaw } from '#events/codes'

/** Beslut om anmälan till IVO. */
export class DecideIvoNotificationBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Flag() readonly notify!: boolean
  @Text() readonly motivation!: string
}

/** Anmälan skickad till IVO. */
export class RecordIvoSentBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Code(ivoChannels) readonly channel!: (typeof ivoChannels)[number]
  @PastInstant() readonly sentAt!: string
  @Line() readonly diaryNumber!: string
  @Optional() @Sha256() readonly packageSha256?: string
}

/** Kvittens från IVO. */
export class RecordIvoReceiptBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Line() readonly ivoCaseNumber!: string
  @PastInstant() readonly receivedAt!: string
}

/** Utredningen skickad till IVO. */
export class RecordIvoInvestigationSentBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @PastInstant() readonly sentAt!: string
  @Optional() @Sha256() readonly packageSha256?: string
}

/** Begäran om komplettering. */
export class RecordIvoRequestBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Text() readonly what!: string
  /** Senast, the day that IVO gave. */
  @Day() readonly due!: string
}

/** Komplettering skickad till IVO. */
export class RecordIvoSupplementBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @PastInstant() readonly sentAt!: string
  /** Number of the request; without it the oldest that waits. */
  @Optional() @Whole(1, 1_000) readonly request?: number
  @Optional() @Sha256() readonly packageSha256?: string
}

/** Anstånd från IVO. */
export class RecordIvoExtensionBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Day() readonly newDue!: string
  /** Number of the request that gets more time; without it the investigation does. */
  @Optional() @Whole(1, 1_000) readonly request?: number
  /** The document that says so. */
  @Optional() @Text() readonly document?: string
}

/** Beslut från IVO. */
export class RecordIvoDecisionBody {
  @Code(ivoLaws) readonly law!: IvoLaw
  @Text() readonly outcome!: string
  @PastInstant() readonly decidedAt!: string
}
