import { Ajv } from 'ajv'

/** A service of `docker-compose.yml`, as far as it is looked at here. */
export interface Service {
  readonly image: string
  readonly user: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks: readonly string[]
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[]
  readonly healthcheck: { readonly test?: readonly string[] }
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } }
}
const texts = { type: 'array', items: { type: 'string' } }
const any = {}

/**
 * What every service is held to. The keys are those of the Compose specification that are used here, so that a slip of the pen is no silent
 * nothing. A service that ends by itself (`on-failure`) needs no check of its health.
 */
const schema = {
  type: 'object',
  required: ['image', 'user', 'restart', 'cap_drop', 'security_opt', 'logging', 'networks', 'healthcheck', 'deploy'],
  additionalProperties: false,
  properties: {
    image: { type: 'string', not: { pattern: ':latest$' } },
    user: { type: 'string', pattern: '^[1-9]\\d*:\\d+$' },
    restart: { enum: ['unless-stopped', 'on-failure'] },
    cap_drop: { const: ['ALL'] },
    security_opt: { const: ['no-new-privileges:true'] },
    logging: { type: 'object', required: ['driver', 'options'] },
    networks: { ...texts, minItems: 1 },
    healthcheck: {
      type: 'object',
      additionalProperties: false,
      properties: { test: { ...texts, minItems: 2 }, interval: any, timeout: any, retries: any, start_period: any, disable: { const: true } },
    },
    deploy: {
      type: 'object',
      additionalProperties: false,
      required: ['resources'],
      properties: {
        replicas: { type: 'integer' },
        resources: {
          type: 'object',
          required: ['limits'],
          properties: {
            limits: { type: 'object', required: ['cpus', 'memory'], properties: { cpus: { type: 'string' }, memory: { type: 'string', pattern: '^\\d+[mg]$' } } },
          },
        },
      },
    },
    environment: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    volumes: { type: 'array', items: { type: 'string', pattern: '^(\\./[\\w./-]+:/[\\w./-]+:ro|[a-z0-9-]+:/[\\w./-]+)$' } },
    secrets: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'object', required: ['source', 'target'] }] } },
    command: texts,
    entrypoint: texts,
    ports: texts,
    tmpfs: texts,
    build: { type: 'string' },
    hostname: { type: 'string' },
    read_only: { const: true },
    shm_size: { type: 'string' },
    stop_grace_period: { type: 'string' },
  },
  if: { properties: { restart: { const: 'on-failure' } } },
  else: { properties: { healthcheck: { required: ['test', 'interval', 'timeout', 'retries'], not: { required: ['disable'] } } } },
}
export const isService = new Ajv({ strict: false, allErrors: true }).compile<Service>(schema)
