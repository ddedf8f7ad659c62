import type { ClockFigures } from '#apps/application/clock-figures'
import type { Answer, CommandRequest, OrganisationOutcome, Page, QueryRequest } from '#apps/application/request'
import type { Calendar } from '#apps/application/queries/calendar'
import type { ComplianceDimension } from '#apps/application/queries/compliance'
import type { DeadlineFilter } from '#apps/application/queries/deadlines'
import type { MailStatus } from '#apps/application/queries/mails'
import type { MeasureStatus } from '#apps/application/queries/measures'
import type { ReactorFigures } from '#apps/application/reactors'
import type { Live } from '#apps/application/live/live'
import type { RoutineCommandRequest } from '#apps/application/routines'
import type { ReassignOutcome } from '#apps/application/reassign'
import type { CommandOf, DeviationCommand } from '#libs/deviation/commands'
import type { Instant } from '#libs/kernel/clock'
import type { Outcome, Reason } from '#libs/kernel/outcome'
import type { OrganisationCommand } from '#libs/organisation/commands'
import type { PolicyCommand, SomeParts } from '#libs/policy/commands'
import type { RoutineAsk } from '#libs/routines/asks'

/** What the HTTP edge asks of the application: values in, values out; only faults throw. */
export interface Application {
  readonly clock: { now(): Instant }
  handleDeviation(request: CommandRequest<DeviationCommand>): Promise<Outcome>
  /** One command on every case that lies with a seat. */
  reassign(request: CommandRequest<CommandOf<'reassign'>>): Promise<ReassignOutcome>
  handleOrganisation(request: CommandRequest<OrganisationCommand>): Promise<OrganisationOutcome>
  handlePolicy(request: CommandRequest<PolicyCommand>): Promise<Outcome>
  handleRoutine(request: RoutineCommandRequest): Promise<Outcome>
  readonly queries: Queries
  /** What changes, as it changes. */
  readonly live: Live
  /** Whether every projection that answers has passed the position within the time. */
  reached(position: string, withinMs: number): Promise<boolean>
  /** Position that the read side has reached; what `Vaka-Position` says where the answer carries none. */
  position(): Promise<string>
  ready(): Promise<{ readonly ready: boolean; readonly details: Readonly<Record<string, unknown>> }>
  /** Where each projection stands, for the metrics. */
  projections?(): Promise<readonly { readonly name: string; readonly status: string; readonly lag: number }[]>
  /** What the clock of this process has done, for the metrics. */
  clockFigures?(): ClockFigures
  /** What mail and webhooks have come to, for the metrics. */
  reactors?(): Promise<ReactorFigures>
  /** Present in demo mode only. */
  readonly demo?: Demo
  /** Finishes what is under way and frees the data folder. */
  close(): Promise<void>
}


/** As of an instant or a revision; at most one of them. */
export interface AsOf {
  readonly at?: Instant
  readonly revision?: number
}
export interface Paging {
  readonly limit: number
  readonly cursor?: string
}
/** Inclusive days in Europe/Stockholm, and which of a case's dates they mean. */
export interface Period {
  readonly from: string
  readonly to: string
  readonly date: 'occurred' | 'received' | 'reported'
}
export type Json = Readonly<Record<string, unknown>>

/** Each question of the contract; personal data and rights are the application's, the edge only passes on who asks. */
export interface Queries {
  casePage(q: QueryRequest, id: string, asOf: AsOf): Promise<Answer<Json>>
  caseHistory(q: QueryRequest, id: string, paging: Paging & AsOf): Promise<Answer<Page<Json>>>
  /** Who has answered for a case, each time with its seat. */
  caseResponsibility(q: QueryRequest, id: string, paging: Paging & AsOf): Promise<Answer<Page<Json>>>
  ownReports(q: QueryRequest, paging: Paging): Promise<Answer<Page<Json>>>
  /** The cases behind a figure: the same period and the value of each dimension that the row names. */
  countedCases(q: QueryRequest, filter: Period & Paging & { readonly unit?: string; readonly dimensions: Readonly<Record<string, string>>; readonly at?: Instant }): Promise<Answer<Page<Json>>>
  queue(q: QueryRequest, unit: string, options: Paging & { readonly view: QueueView; readonly at?: Instant }): Promise<Answer<Page<Json>>>
  deadlines(q: QueryRequest, options: Paging & DeadlineFilter & { readonly at?: Instant }): Promise<Answer<Page<Json>>>
  deadlineCompliance(q: QueryRequest, options: Period & { readonly unit?: string; readonly by: readonly ComplianceDimension[]; readonly at?: Instant }): Promise<Answer<Json>>
  /** The calendar that a token opens; undefined when it opens none. The token is all that says who asks. */
  calendar(token: string, language: QueryRequest['language']): Promise<Calendar | undefined>
  ivoTrails(q: QueryRequest, options: Paging & { readonly unit?: string; readonly at?: Instant }): Promise<Answer<Page<Json>>>
  ivoTrail(q: QueryRequest, id: string): Promise<Answer<Json>>
  statistics(q: QueryRequest, options: Period & { readonly unit?: string; readonly by: readonly string[]; readonly at?: Instant }): Promise<Answer<Json>>
  /** What was mailed about alarms, and what was not. */
  mails(q: QueryRequest, options: Paging & { readonly status?: readonly MailStatus[] }): Promise<Answer<Page<Json>>>
  webhooks(q: QueryRequest): Promise<Answer<Page<Json>>>
  measures(q: QueryRequest, options: Paging & { readonly unit?: string; readonly status?: MeasureStatus; readonly routine?: string; readonly at?: Instant }): Promise<Answer<Page<Json>>>
  routines(q: QueryRequest, options: Paging & { readonly unit?: string; readonly process?: string; readonly asks?: RoutineAsk; readonly at?: Instant }): Promise<Answer<Page<Json>>>
  routine(q: QueryRequest, id: string, asOf: { readonly at?: Instant }): Promise<Answer<Json>>
  organisation(q: QueryRequest, asOf: { readonly at?: Instant }): Promise<Answer<Json>>
  me(q: QueryRequest): Promise<Answer<Json>>
  policy(q: QueryRequest, asOf: { readonly at?: Instant }): Promise<Answer<Json>>
  /** Which cases of a period another policy would have had investigated; writes nothing. */
  policyReplay(q: QueryRequest, asked: SomeParts & { readonly policy?: string; readonly from: string; readonly to: string }): Promise<Answer<Json>>
  projections(q: QueryRequest): Promise<Answer<Page<Json>>>
  projectionRows(q: QueryRequest, name: string, paging: Paging): Promise<Answer<Page<Json>>>
  rebuild(q: QueryRequest, name: string): Promise<Answer<Json>>
}
export const queueViews = ['open', 'mine', 'unassigned', 'overdue'] as const
export type QueueView = (typeof queueViews)[number]

/** What development and tests may do, on loopback only. */
export interface Demo {
  setClock(now: Instant): void | Promise<void>
  load(): Promise<DemoOutcome>
  initOrganisation(people: { readonly admin: string; readonly confirmer: string }): Promise<DemoOutcome>
}
export type DemoOutcome = { readonly kind: 'done'; readonly body: Json } | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
