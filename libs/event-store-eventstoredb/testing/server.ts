import { once } from 'node:events'
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { ServerWritableStream } from '@grpc/grpc-js'
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import rpc from '@eventstore/db-client/generated/status_pb.js'
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { AppendReq, BatchAppendReq, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import { none, servedLog, type Answer, type Kept, type Offered, type ServedLog } from '#libs/event-store-eventstoredb/testing/served-log'

/**
 * Stands in for a server of EventStoreDB 23.10: the real client speaks with it over loopback, by the service stubs that the client brings. It
 * answers what the adapter asks, with the meaning that the real server gives it, and nothing else.
 */
export interface StandIn {
  readonly port: number
  readonly url: string
  readonly log: ServedLog
  /** What was asked of every append. */
  readonly appends: readonly { readonly path: 'append' | 'batch-append'; readonly expected: string; readonly requiresLeader: boolean }[]
  /** Calls that are answered at this moment. */
  readonly open: { readonly reads: number; readonly subscriptions: number }
  /** Reads so far, and events that they were given. */
  readonly read: { readonly count: number; readonly events: number }
  /** Of each subscription that was begun, the position after which. */
  readonly begun: readonly number[]
  /** Ends every subscription: as a server does that stops, or with an error. */
  endSubscriptions(how: 'end' | 'error'): void
  /** From now on it is no leader, and says who is. */
  follow(leader: StandIn): void
  close(): Promise<void>
}
export interface StandInOptions {
  /** A free one unless given: one that starts again has the port, and the log, that it had. */
  readonly port?: number
  /** The log of another stand-in of the same cluster. */
  readonly log?: ServedLog
  readonly maxAppendSize?: number
  /** Nobody may read the whole log. */
  readonly isDenied?: boolean
  /** What the gossip says: the ports of the leader and of the others. */
  readonly members?: () => { readonly leader: number; readonly followers: readonly number[] }
}

export const standIn = async ({ port: wanted = 0, log = servedLog(), maxAppendSize = 8_000_000, isDenied = false, members }: StandInOptions = {}): Promise<StandIn> => {
  const appends: StandIn['appends'][number][] = []
  const subscriptions = new Set<(how: 'end' | 'error') => void>()
  const open = { reads: 0, subscriptions: 0 }
  const given = { count: 0, events: 0 }
  const begun: number[] = []
  let leader: StandIn | undefined

  const refusal = (exception: string, details: Readonly<Record<string, string>> = {}, code = status.FAILED_PRECONDITION) => {
    const metadata = new Metadata()
    metadata.set('exception', exception)
    for (const [name, value] of Object.entries(details)) metadata.set(name, value)
    return { code, details: exception, metadata }
  }
  const notLeader = ({ port }: StandIn) => refusal('not-leader', { 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': String(port) }, status.NOT_FOUND)
  const isTooLarge = (offered: readonly Offered[]): boolean => offered.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0) > maxAppendSize
  const needsLeader = (metadata: Metadata): boolean => metadata.get('requires-leader').includes('true')

  const service: IStreamsServer = {
    append: (call, callback) => {
      const messages: AppendReq[] = []
      call.on('data', (message: AppendReq) => messages.push(message))
      call.on('end', () => {
        const options = messages[0]?.getOptions()
        const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()
        const expected = options?.hasNoStream() ? 'none' : options?.hasRevision() ? options.getRevision() : 'any'
        appends.push({ path: 'append', expected, requiresLeader: needsLeader(call.metadata) })
        if (leader) {
          callback(notLeader(leader))
          return
        }
        const offered = messages.slice(1).map((message) => offeredOf(message.getProposedMessage()))
        if (isTooLarge(offered)) {
          callback(refusal('maximum-append-size-exceeded', { 'maximum-append-size': String(maxAppendSize) }, status.INVALID_ARGUMENT))
          return
        }
        const answer = log.append(stream, expectedOf(expected), offered)
        const response = new streams.AppendResp()
        if ('current' in answer) {
          const wrong = new streams.AppendResp.WrongExpectedVersion()
          if (answer.current === none) wrong.setCurrentNoStream(new shared.Empty())
          else wrong.setCurrentRevision(String(answer.current))
          callback(null, response.setWrongExpectedVersion(wrong))
        } else {
          const position = new streams.AppendResp.Position().setCommitPosition(String(answer.position)).setPreparePosition(String(answer.position))
          callback(null, response.setSuccess(new streams.AppendResp.Success().setCurrentRevision(String(answer.revision)).setPosition(position)))
        }
      })
    },
    batchAppend: (call) => {
      const pending = new Map<string, { readonly options: BatchAppendReq.Options; readonly offered: Offered[] }>()
      call.on('error', () => undefined)
      call.on('end', () => call.end())
      call.on('data', (message: BatchAppendReq) => {
        const correlation = message.getCorrelationId()?.getString() ?? ''
        const options = message.getOptions()
        if (options) pending.set(correlation, { options, offered: [] })
        const append = pending.get(correlation)
        append?.offered.push(...message.getProposedMessagesList().map(offeredOf))
        if (!append || !message.getIsFinal()) return
        pending.delete(correlation)
        const identifier = append.options.getStreamIdentifier()
        const expected = append.options.hasNoStream() ? 'none' : append.options.hasStreamPosition() ? append.options.getStreamPosition() : 'any'
        appends.push({ path: 'batch-append', expected, requiresLeader: needsLeader(call.metadata) })
        if (leader) {
          call.emit('error', notLeader(leader))
          return
        }
        const response = new streams.BatchAppendResp().setCorrelationId(message.getCorrelationId()).setStreamIdentifier(identifier)
        const stream = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString()
        call.write(isTooLarge(append.offered) ? response.setError(tooLarge(maxAppendSize)) : answered(response, log.append(stream, expectedOf(expected), append.offered)))
      })
    },
    read: (call) => {
      const options = call.request.getOptions()
      if (!options) throw new Error('A read without options')
      if (isDenied && options.hasAll()) {
        call.emit('error', refusal('access-denied', {}, status.PERMISSION_DENIED))
        return
      }
      const kind = options.hasSubscription() ? 'subscriptions' : 'reads'
      open[kind]++
      if (kind === 'subscriptions') begun.push(afterOf(options))
      let ended: 'end' | 'error' | undefined
      const end = (how: 'end' | 'error'): void => {
        ended = how
        call.emit('told')
      }
      if (kind === 'subscriptions') subscriptions.add(end)
      const found = kind === 'reads' ? read(log, options) : []
      if (kind === 'reads') given.count++
      given.events += found.length
      const answer = kind === 'subscriptions' ? subscribe(log, options, call, () => ended !== undefined) : sent(call, found)
      void answer.finally(() => {
        subscriptions.delete(end)
        open[kind]--
        if (call.cancelled) return
        if (ended === 'error') call.emit('error', { code: status.INTERNAL, details: 'The reader of the log has failed' })
        else call.end()
      })
    },
    delete: (_, callback) => {
      callback(unimplemented)
    },
    tombstone: (_, callback) => {
      callback(unimplemented)
    },
  }
  const featuresService: IServerFeaturesServer = {
    getSupportedMethods: (_, callback) => {
      const methods = ['append', 'batchappend', 'read'].map((name) => new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name))
      callback(null, new features.SupportedMethods().setEventStoreServerVersion('23.10.7').setMethodsList(methods))
    },
  }
  const gossipService: IGossipServer = {
    read: (_, callback) => {
      const { leader: leading, followers } = members?.() ?? { leader: port, followers: [] }
      const states = gossip.MemberInfo.VNodeState
      const list = [leading, ...followers].map((at) =>
        new gossip.MemberInfo()
          .setIsAlive(true)
          .setTimeStamp('0')
          .setState(at === leading ? states.LEADER : states.FOLLOWER)
          .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(at)),
      )
      callback(null, new gossip.ClusterInfo().setMembersList(list))
    },
  }

  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 })
  server.addService(StreamsService, service)
  server.addService(ServerFeaturesService, featuresService)
  server.addService(GossipService, gossipService)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wanted}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  return {
    port,
    url: `esdb://127.0.0.1:${port}?tls=false`,
    log,
    appends,
    open,
    read: given,
    begun,
    endSubscriptions: (how) => {
      for (const end of [...subscriptions]) end(how)
    },
    follow: (other) => {
      leader = other
    },
    close: async () => {
      server.forceShutdown()
    },
  }
}

const unimplemented = { code: status.UNIMPLEMENTED, details: 'The stand-in does not do this' }
/** The adapter never appends whatever is there: that is a fault to find. */
const expectedOf = (expected: string): number => {
  if (expected === 'any') throw new Error('An append without an expected revision')
  return expected === 'none' ? none : Number(expected)
}

interface ProposedMessage {
  getId(): { getString(): string } | undefined
  getMetadataMap(): { get(name: string): string | undefined }
  getData_asU8(): Uint8Array
  getCustomMetadata_asU8(): Uint8Array
}
const offeredOf = (message: ProposedMessage | undefined): Offered => ({
  id: message?.getId()?.getString() ?? '',
  type: message?.getMetadataMap().get('type') ?? '',
  contentType: message?.getMetadataMap().get('content-type') ?? '',
  data: message?.getData_asU8() ?? new Uint8Array(),
  metadata: message?.getCustomMetadata_asU8() ?? new Uint8Array(),
})

type BatchAppendResp = InstanceType<typeof streams.BatchAppendResp>
const answered = (response: BatchAppendResp, answer: Answer): BatchAppendResp => {
  if ('current' in answer) {
    const wrong = new shared.WrongExpectedVersion()
    if (answer.current === none) wrong.setCurrentNoStream(new empty.Empty())
    else wrong.setCurrentStreamRevision(String(answer.current))
    return response.setError(failure('WrongExpectedVersion', wrong.serializeBinary()))
  }
  const position = new shared.AllStreamPosition().setCommitPosition(String(answer.position)).setPreparePosition(String(answer.position))
  return response.setSuccess(new streams.BatchAppendResp.Success().setCurrentRevision(String(answer.revision)).setPosition(position))
}
const tooLarge = (most: number) => failure('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded().setMaxappendsize(most).serializeBinary())
const failure = (name: string, details: Uint8Array) => {
  const packed = new any.Any()
  packed.pack(details, `event_store.client.${name}`)
  return new rpc.Status().setMessage(name).setDetails(packed)
}

type Options = ReadReq.Options
type Call = ServerWritableStream<ReadReq, ReadResp>

/** A read of one stream or of the whole log, as the real server answers it. */
const read = (log: ServedLog, options: Options): readonly ReadResp[] => {
  const count = Number(options.getCount())
  const isForwards = options.getReadDirection() === 0
  const inStream = options.getStream()
  if (!inStream) {
    const all = options.getAll()
    const at = all?.hasEnd() ? Infinity : Number(all?.getPosition()?.getCommitPosition() ?? 0)
    // Forwards the event at the position is the first, backwards the one before it.
    const found = isForwards ? log.events.filter(({ position }) => position >= at) : log.events.filter(({ position }) => position < at).reverse()
    return found.slice(0, count).map((event) => given(event, event.position))
  }
  const name = Buffer.from(inStream.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()
  const events = log.stream(name)
  if (events.length === 0) return [new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(inStream.getStreamIdentifier()))]
  const from = inStream.hasEnd() ? Infinity : Number(inStream.hasRevision() ? inStream.getRevision() : 0)
  const found = isForwards ? events.filter(({ revision }) => revision >= from) : events.filter(({ revision }) => revision <= from).reverse()
  // Of where an event stands in the log a read of its stream tells nothing.
  return found.slice(0, count).map((event) => given(event, undefined))
}

const noPosition = String(2n ** 64n - 1n)
const given = (event: Kept, position: number | undefined): ReadResp => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(event.stream))))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position === undefined ? noPosition : String(position))
    .setPreparePosition(position === undefined ? noPosition : String(position))
    .setData(event.data)
    .setCustomMetadata(event.metadata)
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType).set('created', String(BigInt(event.createdAt) * 10_000n))
  const answer = new streams.ReadResp.ReadEvent().setEvent(recorded)
  if (position === undefined) answer.setNoPosition(new shared.Empty())
  else answer.setCommitPosition(String(position))
  return new streams.ReadResp().setEvent(answer)
}

const afterOf = (options: Options): number => (options.getAll()?.hasStart() ? -1 : Number(options.getAll()?.getPosition()?.getCommitPosition()))

/** Follows the whole log behind a filter: a checkpoint after so many events looked at, `caughtUp` once. */
const subscribe = async (log: ServedLog, options: Options, call: Call, isEnded: () => boolean): Promise<void> => {
  const filter = options.getFilter()
  const prefixes = filter?.getStreamIdentifier()?.getPrefixList() ?? []
  const interval = (filter?.hasMax() ? filter.getMax() : 32) * (filter?.getCheckpointintervalmultiplier() ?? 1)
  const after = afterOf(options)
  await sent(call, [new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID()))])
  let next = log.events.findIndex(({ position }) => position > after)
  if (next < 0) next = log.events.length
  let looked = 0
  let isLive = false
  const isOver = (): boolean => call.cancelled || isEnded()
  while (!isOver()) {
    const event = log.events[next]
    if (!event) {
      if (!isLive) await sent(call, [new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())])
      isLive = true
      const more = new AbortController()
      const over = Promise.race([once(call, 'cancelled', more), once(call, 'told', more)]).catch(() => undefined)
      await Promise.race([log.until(() => isOver() || next < log.events.length), over])
      more.abort()
      continue
    }
    next++
    if (prefixes.some((prefix) => event.stream.startsWith(prefix))) await sent(call, [given(event, event.position)])
    if (++looked % interval === 0) {
      const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition(String(event.position)).setPreparePosition(String(event.position))
      await sent(call, [new streams.ReadResp().setCheckpoint(checkpoint)])
    }
  }
}

/** No faster than they are taken. */
const sent = async (call: Call, messages: readonly ReadResp[]): Promise<void> => {
  for (const message of messages) {
    if (call.cancelled) return
    if (!call.write(message)) await Promise.race([once(call, 'drain'), once(call, 'cancelled')]).catch(() => undefined)
  }
}
