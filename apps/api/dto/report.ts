import { ChosenId, Code, Codes, Day, Flag, Line, Login, Part, Parts, PastInstant, PersonalNumber, Text, Whole } from '#apps/api/checks'
import { Optional, Rules, type Rule } from '#apps/api/field'
import { channels, concerns, legalAreas, origins, reportedTypes } from '#events/codes'
import type { LegalArea, ReportedType } from '#events/codes'
import { stockholmDay } from '#libs/calendar/days'

const twoDays = 2 * 24 * 60 * 60 * 1_000
const isLate = (receivedAt: string | undefined, now: string): boolean => receivedAt !== undefined && Date.parse(now) - Date.parse(receivedAt) > twoDays

/** Berörd person; a person whose name nobody knows may stand there too. */
export class IndividualBody {
  @Optional() @Line() readonly name?: string
  /** Personnummer eller samordningsnummer; never required (law §2.6). */
  @Optional() @PersonalNumber() readonly personalNumber?: string
  /** Skyddade personuppgifter. */
  @Optional() @Flag() readonly protectedIdentity?: boolean
}

/** Uppgifter om rapportören. */
export class ReporterBody {
  @Optional() @Line() readonly name?: string
  /** Befattning. */
  @Optional() @Line() readonly title?: string
  @Optional() @Line() readonly contact?: string
}

/** Rules of every report, also one of many. */
const everyReport: readonly Rule<ReportBody>[] = [
  {
    reads: ['receivedAt', 'receivedLateReason'],
    faults: (body, now) =>
      body.receivedLateReason !== undefined && !isLate(body.receivedAt, now) ? [{ pointer: '/receivedLateReason', code: 'late-reason-needless' }] : [],
  },
  {
    reads: ['reportedType', 'ground'],
    faults: (body) => (body.ground !== undefined && body.reportedType !== 'misconduct' ? [{ pointer: '/ground', code: 'ground-without-misconduct' }] : []),
  },
  {
    reads: ['anonymous', 'onBehalfOf'],
    faults: (body) => (body.anonymous && body.onBehalfOf !== undefined ? [{ pointer: '/onBehalfOf', code: 'anonymous-on-behalf' }] : []),
  },
]

/** Rapport: avvikelse, risk, missförhållande, klagomål, synpunkt eller beröm. */
@Rules<ReportBody>(
  {
    reads: ['occurredAt', 'discoveredAt'],
    faults: (body) => (body.occurredAt === undefined && body.discoveredAt === undefined ? [{ pointer: '/occurredAt', code: 'time-missing' }] : []),
  },
  {
    reads: ['reportedType', 'legalAreas'],
    faults: (body) =>
      body.reportedType === 'misconduct' && !body.legalAreas.some((area) => area !== 'HSL') ? [{ pointer: '/legalAreas', code: 'misconduct-needs-social-law' }] : [],
  },
  ...everyReport,
)
export class ReportBody {
  /** Varifrån rapporten kommer. */
  @Code(origins) readonly origin!: (typeof origins)[number]
  @Code(channels) readonly channel!: (typeof channels)[number]
  /** Vad rapportören kallar det; never changes. */
  @Code(reportedTypes) readonly reportedType!: ReportedType
  /** Lagrum. */
  @Codes(legalAreas) readonly legalAreas!: LegalArea[]
  /** Any unit, also another provider's. */
  @ChosenId() readonly unit!: string
  @Optional() @PastInstant() readonly occurredAt?: string
  @Optional() @PastInstant() readonly discoveredAt?: string
  /** Inkom; now when it is absent. */
  @Optional() @PastInstant() readonly receivedAt?: string
  /** Only with a `receivedAt` more than two days back. */
  @Optional() @Text() readonly receivedLateReason?: string
  @Optional() @Flag() readonly occurredApproximately?: boolean
  @Code(concerns) readonly concerns!: (typeof concerns)[number]
  @Optional() @Parts(IndividualBody, 0, 50) readonly individuals?: IndividualBody[]
  @Text(20_000) readonly description!: string
  /** Omedelbart vidtagna åtgärder. */
  @Optional() @Text() readonly immediateMeasures?: string
  @Optional() @Text() readonly suggestedMeasures?: string
  @Optional() @Part(ReporterBody) readonly reporter?: ReporterBody
  @Optional() @Flag() readonly anonymous?: boolean
  @Optional() @Flag() readonly wantsFeedback?: boolean
  /** Rapporten rör chefen: goes to the next level. */
  @Optional() @Flag() readonly concernsManager?: boolean
  /** Login of the colleague whose observation it is. */
  @Optional() @Login() readonly onBehalfOf?: string
  /** Grund för lex Sarah, for a report of misconduct. */
  @Optional() @Text() readonly ground?: string
}

/** Days in Europe/Stockholm, both included. */
export class PeriodBody {
  @Day() readonly from!: string
  @Day() readonly to!: string
}

/** Samlerapport: one description of frequent, mild events of a period, which says when. Misconduct is reported by itself. */
@Rules<ReportBatchBody>(
  {
    reads: ['period'],
    faults: ({ period }, now) => [
      ...(period.from > period.to ? [{ pointer: '/period/to', code: 'dates-reversed' } as const] : []),
      ...(period.to > stockholmDay(now) ? [{ pointer: '/period/to', code: 'in-the-future' } as const] : []),
    ],
  },
  {
    reads: ['reportedType'],
    faults: (body) => (body.reportedType === 'misconduct' ? [{ pointer: '/reportedType', code: 'batch-of-misconduct' }] : []),
  },
  ...everyReport,
)
export class ReportBatchBody extends ReportBody {
  @Part(PeriodBody) readonly period!: PeriodBody
  @Whole(2, 100_000) readonly count!: number
}
