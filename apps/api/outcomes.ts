import type { Application, DemoOutcome } from '#apps/api/application'
import { languageOf, sendProblem } from '#apps/api/problem'
import type { ReassignOutcome } from '#apps/application/reassign'
import type { Answer, OrganisationOutcome } from '#apps/application/request'
import { caseIdOf, deviationStream } from '#events/deviation'
import { routineIdOf, routineStream } from '#events/routine'
import { reasonSentence } from '#libs/catalogue/reasons'
import { filled } from '#libs/catalogue/sentence'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Streams of things that have an address of their own. */
const things = [
  { prefix: deviationStream(''), idOf: caseIdOf, path: '/v1/deviations' },
  { prefix: routineStream(''), idOf: routineIdOf, path: '/v1/routines' },
]
/** What a command came to, as HTTP. */
export const sendOutcome = (request: FastifyRequest, reply: FastifyReply, outcome: OrganisationOutcome): FastifyReply => {
  switch (outcome.kind) {
    case 'done': {
      const thing = things.find(({ prefix }) => outcome.stream.startsWith(prefix))
      const id = thing ? thing.idOf(outcome.stream) : outcome.stream
      const created = thing !== undefined && outcome.created
      if (created) reply.header('location', `${thing.path}/${id}`)
      return reply
        .code(created ? 201 : 200)
        .header('etag', `"${outcome.revision}"`)
        .header('vaka-position', outcome.position)
        .send({ id, revision: outcome.revision, position: outcome.position, events: outcome.events, ...outcome.extra })
    }
    case 'invalid':
      return sendProblem(request, reply, 'invalid-fields', { faults: outcome.faults })
    case 'not-found':
    case 'forbidden':
    case 'conflict':
    case 'precondition-required':
      return sendProblem(request, reply, outcome.kind)
    case 'refused':
      return sendProblem(request, reply, 'refused', { reasons: outcome.reasons })
    case 'stale':
      return sendProblem(request, reply, 'revision-stale')
    case 'key-reused':
      return sendProblem(request, reply, 'idempotency-key-reused')
  }
}

/** What a command on many cases came to: each refused one with its reasons in words. */
export const sendReassigned = (request: FastifyRequest, reply: FastifyReply, outcome: ReassignOutcome): FastifyReply => {
  if (outcome.kind !== 'reassigned') return sendOutcome(request, reply, outcome)
  const { body } = outcome
  const language = languageOf(request.headers['accept-language'])
  const refused = body.refused.map(({ id, reasons }) => ({ id, reasons: reasons.map(({ code, params }) => ({ code, detail: filled(reasonSentence(code), language, params) })) }))
  return reply.code(200).header('vaka-position', body.position).send({ ...body, refused })
}

/** The answer to a question, as HTTP. Every one says how far it has read. */
export const sendAnswer = async (request: FastifyRequest, reply: FastifyReply, answer: Answer<unknown>, application: Application): Promise<void> => {
  switch (answer.kind) {
    case 'found': {
      const position = answer.position ?? (await application.position())
      if (answer.revision !== undefined) reply.header('etag', `"${answer.revision}"`)
      await reply.code(200).header('vaka-position', position).header('vary', 'Accept-Language, Vaka-Reason, Authorization').send(answer.body)
      return
    }
    case 'invalid':
      await sendProblem(request, reply, 'invalid-fields', { faults: answer.faults })
      return
    case 'not-found':
    case 'forbidden':
      await sendProblem(request, reply, answer.kind)
  }
}

export const sendDemo = (request: FastifyRequest, reply: FastifyReply, outcome: DemoOutcome): FastifyReply =>
  outcome.kind === 'done' ? reply.code(200).send(outcome.body) : sendProblem(request, reply, 'refused', { reasons: outcome.reasons })
