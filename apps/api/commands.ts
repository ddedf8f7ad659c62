import type { Application } from '#apps/api/application'
import type { Admission, RateLimit } from '#apps/api/limits'
import type { Stopping } from '#apps/api/stopping'
import type { Streams } from '#apps/api/streams'
import type { Metrics } from '#apps/api/metrics'
import type { CommandRequest, OrganisationOutcome } from '#apps/application/request'
import type { RoutineCommandRequest } from '#apps/application/routines'
import type { ReassignOutcome } from '#apps/application/reassign'
import type { CommandOf, DeviationCommand } from '#libs/deviation/commands'
import type { Outcome } from '#libs/kernel/outcome'
import type { OrganisationCommand } from '#libs/organisation/commands'
import type { PolicyCommand } from '#libs/policy/commands'
import { Inject } from '@nestjs/common'
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import type { Logger } from 'pino'

/** What the parts of the edge share. */
export interface Edge {
  readonly application: Application
  readonly metrics: Metrics
  readonly log: Logger
  /** Commands under way at once in this process; beyond them 503. */
  readonly underWay: Admission
  /** Streams of server-sent events. */
  readonly streams: Streams
  /** Bounds how often one calendar feed is read. */
  readonly feedWait: RateLimit
  readonly stopping: Stopping
}
export const EDGE = Symbol('edge')

/** A command on a case on its way over the bus: one class for the aggregate, the command itself is a value. */
export class DeviationRequest extends Command<Outcome> {
  readonly request: CommandRequest<DeviationCommand>
  constructor(request: CommandRequest<DeviationCommand>) {
    super()
    this.request = request
  }
}
/** One command on many cases. */
export class ReassignRequest extends Command<ReassignOutcome> {
  readonly request: CommandRequest<CommandOf<'reassign'>>
  constructor(request: CommandRequest<CommandOf<'reassign'>>) {
    super()
    this.request = request
  }
}
export class OrganisationRequest extends Command<OrganisationOutcome> {
  readonly request: CommandRequest<OrganisationCommand>
  constructor(request: CommandRequest<OrganisationCommand>) {
    super()
    this.request = request
  }
}

export class PolicyRequest extends Command<Outcome> {
  readonly request: CommandRequest<PolicyCommand>
  constructor(request: CommandRequest<PolicyCommand>) {
    super()
    this.request = request
  }
}

export class RoutineRequest extends Command<Outcome> {
  readonly request: RoutineCommandRequest
  constructor(request: RoutineCommandRequest) {
    super()
    this.request = request
  }
}

/** The place where every command is timed and traced; no content, no actor. */
const traced = async <O extends { readonly kind: string }>({ metrics, log }: Edge, { command, correlationId }: CommandRequest<{ readonly intent: string }>, run: () => Promise<O>): Promise<O> => {
  const started = performance.now()
  let outcome = 'fault'
  try {
    const result = await run()
    outcome = result.kind
    return result
  } finally {
    const ms = performance.now() - started
    metrics.command(command.intent, outcome, ms / 1_000)
    if (log.isLevelEnabled('debug')) log.debug({ correlationId, intent: command.intent, outcome, ms: Math.round(ms * 10) / 10 }, 'command')
  }
}

@CommandHandler(DeviationRequest)
export class DeviationHandler implements ICommandHandler<DeviationRequest> {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }
  execute({ request }: DeviationRequest): Promise<Outcome> {
    return traced(this.edge, request, () => this.edge.application.handleDeviation(request))
  }
}
@CommandHandler(ReassignRequest)
export class ReassignHandler implements ICommandHandler<ReassignRequest> {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }
  execute({ request }: ReassignRequest): Promise<ReassignOutcome> {
    return traced(this.edge, request, () => this.edge.application.reassign(request))
  }
}
@CommandHandler(OrganisationRequest)
export class OrganisationHandler implements ICommandHandler<OrganisationRequest> {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }
  execute({ request }: OrganisationRequest): Promise<OrganisationOutcome> {
    return traced(this.edge, request, () => this.edge.application.handleOrganisation(request))
  }
}
@CommandHandler(PolicyRequest)
export class PolicyHandler implements ICommandHandler<PolicyRequest> {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }
  execute({ request }: PolicyRequest): Promise<Outcome> {
    return traced(this.edge, request, () => this.edge.application.handlePolicy(request))
  }
}
@CommandHandler(RoutineRequest)
export class RoutineHandler implements ICommandHandler<RoutineRequest> {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }
  execute({ request }: RoutineRequest): Promise<Outcome> {
    return traced(this.edge, request, () => this.edge.application.handleRoutine(request))
  }
}
