import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, it } from '@jest/globals'
import { parser } from '@prometheus-io/lezer-promql'
import ast from 'dockerfile-ast'
import { parse } from 'yaml'
import { createMetrics } from '#apps/api/metrics'
import { isService, type Service } from '#deploy/service'

/** What Prometheus knows by itself. */
const ownMetrics = ['up', 'ALERTS']
/** Made on the machine, and kept out of the repository. */
const made = /^\.\/deploy\/(certificates|secrets)\//

const text = (file: string): string => readFileSync(file, 'utf8')
const yaml = (source: string): unknown => parse(source, { merge: true })
const member = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const keys = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : [])

const composeText = text('docker-compose.yml')
const compose = yaml(composeText)
const services = new Map(
  keys(member(compose, 'services')).map((name) => {
    const service = member(compose, 'services', name)
    return [name, isService(service) ? service : undefined] as const
  }),
)
const service = (name: string): Service => {
  const found = services.get(name)
  if (!found) throw new Error(`There is no sound service ${name}`)
  return found
}
const all = (): readonly (readonly [string, Service])[] => [...services.keys()].map((name) => [name, service(name)])
const secretsOf = ({ secrets = [] }: Service): readonly (readonly [target: string, source: string])[] => secrets.map((s) => (typeof s === 'string' ? [s, s] : [s.target, s.source]))
const variables = (source: string): readonly string[] => [...source.replaceAll('$$', '').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)

describe('docker-compose.yml', () => {
  it.each([...services.keys()])('holds %s to what every service is held to: a user, limits, a health check, no capabilities, a restart', (name) => {
    const given = member(compose, 'services', name)
    expect(isService(given) ? [] : isService.errors).toEqual([])
  })

  it('names each image by an exact version', () => {
    const images = all().map(([, { image }]) => image.replace(/\$\{\w+:-(.*)\}/, '$1'))
    expect(images.filter((image) => !/^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$/.test(image))).toEqual([])
  })

  it('opens the proxy and Grafana, and these to this machine unless somebody says otherwise', () => {
    const open = all().flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]))
    expect(open).toEqual([
      ['proxy', '127.0.0.1:8443:8443'],
      ['grafana', '127.0.0.1:3030:3000'],
    ])
  })

  it('uses the variables of .env.example, all of them and no others, and their defaults are the same', () => {
    const example = new Map(text('.env.example').split('\n').flatMap((line) => (/^(\w+)=(.*)$/.exec(line) ?? []).slice(1, 3).length === 2 ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const] : []))
    expect([...new Set(variables(composeText))].sort()).toEqual([...example.keys()].sort())
    const defaults = [...composeText.matchAll(/\$\{(\w+):-([^}]+)\}/g)].map(([, name = '', value]) => [name, value])
    expect(defaults).toEqual(defaults.map(([name = '']) => [name, example.get(name)]))
  })

  it('mounts files and folders that are there, or that a script makes and git ignores', () => {
    const mounted = all().flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    const files = keys(member(compose, 'secrets')).map((name) => String(member(compose, 'secrets', name, 'file')))
    const missing = [...mounted, ...files].filter((path) => path.startsWith('.') && !made.test(path) && !existsSync(path))
    expect(missing).toEqual([])
    expect(mounted.filter((path) => !path.startsWith('.') && !keys(member(compose, 'volumes')).includes(path))).toEqual([])
    for (const folder of ['deploy/certificates/', 'deploy/secrets/', '.env']) expect(text('.gitignore').split('\n')).toContain(folder)
  })

  it('gives each service only networks and secrets that there are, and mounts only certificates that the script makes', () => {
    const unknown = all().flatMap(([, one]) => [
      ...one.networks.filter((name) => !keys(member(compose, 'networks')).includes(name)),
      ...secretsOf(one).map(([, source]) => source).filter((name) => !keys(member(compose, 'secrets')).includes(name)),
    ])
    expect(unknown).toEqual([])
    const script = text('deploy/certificates.sh')
    const certificates = [...composeText.matchAll(/certificates\/([a-z-]+)/g)].map(([, name = '']) => name.replace(/-\d$/, '-'))
    expect(certificates.filter((name) => !['ca', 'own'].includes(name) && !script.includes(`certificate ${name}`) && !script.includes(`certificate "${name}`))).toEqual([])
  })

  it('gives api and projector variables that they read, and secrets as files that are there', () => {
    const settings = readdirSync('apps/api').filter((file) => /^config[a-z-]*(?<!\.spec)\.ts$/.test(file)).map((file) => text(`apps/api/${file}`)).join('\n')
    const read = (name: string): boolean => settings.includes(`'${name}'`)
    const asFiles = /for name in ([A-Z_ ]+);/.exec(text('deploy/start.sh'))?.[1]?.split(' ') ?? []
    for (const one of ['api', 'projector'].map(service)) {
      const given = Object.entries(one.environment ?? {})
      const targets = secretsOf(one).map(([target]) => target)
      const names = given.map(([name]) => name.replace(/_FILE$/, ''))
      expect(names.filter((name) => !read(name))).toEqual([])
      expect(given.filter(([name, value]) => name.endsWith('_FILE') && (!asFiles.includes(name.replace(/_FILE$/, '')) || !targets.includes(String(value).replace('/run/secrets/', ''))))).toEqual([])
      // A secret that stood there itself would be seen by whoever may look at the container.
      expect(given.filter(([name]) => asFiles.includes(name))).toEqual([])
    }
  })

  it('runs programs that there are', () => {
    const programs = all().flatMap(([, { command = [] }]) => command.filter((word) => word.startsWith('dist/')).map((word) => word.replace(/^dist\/(.*)\.js$/, '$1.ts')))
    expect(programs.filter((file) => !existsSync(file))).toEqual([])
  })
})

describe('deploy/secrets.sh', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vaka-secrets-'))
    // What it draws does not matter here, and need not be installed.
    writeFileSync(join(folder, 'openssl'), '#!/bin/sh\necho 0123456789abcdef\n', { mode: 0o755 })
    execFileSync('sh', ['deploy/secrets.sh', join(folder, 'secrets')], { env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` }, stdio: 'pipe' })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const secret = (name: string): string => text(join(folder, 'secrets', name))

  it('makes every secret that docker-compose.yml names, and no other', () => {
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual([...keys(member(compose, 'secrets'))].sort())
  })

  it('names to EventStoreDB only options that its client knows, as it prints the whole address with the password for any other', () => {
    const url = secret('events_url')
    expect(url).toMatch(/^esdb:\/\/vaka:[0-9a-f]+@events-1:2113,events-2:2113,events-3:2113\?/)
    expect([...new URLSearchParams(url.split('?')[1]).keys()]).toEqual(['tls', 'tlsCaFile'])
  })

  it.each(['api', 'projector'])('has %s look at the certificate of PostgreSQL', (process) => {
    for (const store of ['read', 'keys']) {
      const url = new URL(secret(`${store}_url_${process}`))
      expect([url.hostname, url.username, url.pathname, url.searchParams.get('sslmode'), url.searchParams.get('sslrootcert')]).toEqual(['postgres', `vaka_${process}`, `/vaka_${store}`, 'verify-full', '/certificates/ca/ca.crt'])
      expect(text('deploy/postgres/init.sql')).toContain(`create database vaka_${store} `)
    }
    expect(text('deploy/postgres/init.sql')).toContain(`create role vaka_${process} login`)
  })
})

describe('Dockerfile', () => {
  const dockerfile = ast.DockerfileParser.parse(text('Dockerfile'))
  const instructions = dockerfile.getInstructions().map((i) => ({ keyword: i.getKeyword(), content: i.getArgumentsContent() ?? '' }))
  const image = instructions.slice(instructions.findLastIndex(({ keyword }) => keyword === 'FROM'))
  const said = (keyword: string): readonly string[] => image.filter((i) => i.keyword === keyword).map(({ content }) => content)
  const runs = instructions.filter(({ keyword }) => keyword === 'RUN').map(({ content }) => content)

  it('stands on the Node that package.json pins, by tag and digest, the same in every stage', () => {
    const pinned = String(member(JSON.parse(text('package.json')), 'devDependencies', 'node')).replaceAll('.', '\\.')
    const images = dockerfile.getFROMs().map((from) => from.getImage())
    expect(images).toHaveLength(2)
    for (const one of images) expect(one).toMatch(new RegExp(`^node:${pinned}-[a-z]+-slim@sha256:[0-9a-f]{64}$`))
    expect(new Set(images).size).toBe(1)
  })

  it('installs what the lock says, and nothing from elsewhere', () => {
    expect(runs).toEqual(['npm ci', 'npm run build && npm prune --omit=dev'])
    expect(instructions.filter(({ keyword }) => keyword === 'ADD')).toEqual([])
  })

  it('runs as a user who is not root, hears SIGTERM, and starts through the script that reads secrets', () => {
    expect([said('USER'), said('STOPSIGNAL'), said('ENTRYPOINT'), said('CMD')]).toEqual([['node'], ['SIGTERM'], ['["sh", "/app/start.sh"]'], ['["node", "dist/apps/api/main.js"]']])
    expect(text('deploy/start.sh').trimEnd().endsWith('exec "$@"')).toBe(true)
  })

  it('copies what is there and what .dockerignore lets through', () => {
    const allowed = text('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    const copied = dockerfile.getCOPYs().filter((copy) => copy.getFlags().length === 0).flatMap((copy) => (copy.getArgumentsContent() ?? '').split(/\s+/).slice(0, -1))
    expect(copied.filter((path) => !existsSync(path) || !allowed.includes(path))).toEqual([])
    expect(allowed.filter((path) => !copied.includes(path))).toEqual([])
  })

  it('asks after the health of a process with node, as docker-compose.yml does', () => {
    const asked: unknown = JSON.parse(/CMD (\[.*\])$/s.exec(said('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]')
    for (const name of ['api', 'projector']) expect(list(service(name).healthcheck.test).map((word) => String(word).replaceAll('$$', '$'))).toEqual(['CMD', ...list(asked)])
    expect(list(asked)[0]).toBe('node')
  })
})

describe('what watches', () => {
  const alerts = yaml(text('deploy/prometheus/alerts.yml'))
  const rules = list(member(alerts, 'groups')).flatMap((group) => list(member(group, 'rules')))
  const dashboard: unknown = JSON.parse(text('deploy/grafana/dashboards/vaka.json'))
  const panels = list(member(dashboard, 'panels'))
  const targets = panels.flatMap((panel) => list(member(panel, 'targets')))
  const expressions = [...rules, ...targets].map((one) => String(member(one, 'expr')))

  it('finds each process where docker-compose.yml has it', () => {
    const jobs = list(member(yaml(text('deploy/prometheus/prometheus.yml')), 'scrape_configs')).map((job) => {
      const found = list(member(job, 'dns_sd_configs'))[0]
      return [member(job, 'job_name'), list(member(found, 'names'))[0], member(found, 'port')]
    })
    expect(jobs).toEqual(['api', 'projector'].map((name) => [name, name, service(name).environment?.['PORT']]))
    expect(text('deploy/haproxy.cfg')).toContain(` api:${String(service('api').environment?.['PORT'])} `)
  })

  it.each(expressions)('asks in words of PromQL: %s', (expression) => {
    const wrong: string[] = []
    parser.parse(expression).iterate({ enter: ({ type, from, to }) => void (type.isError && wrong.push(`${from}-${to}`)) })
    expect(wrong).toEqual([])
  })

  it('names only metrics that are exported', async () => {
    const metrics = createMetrics({
      projections: async () => [{ name: 'queue', status: 'live', lag: 0 }],
      clockFigures: () => ({ lastRound: 1, missed: { assess: 0 } }),
      reactors: async () => ({ mail: { sent: 0, failed: 0, waiting: 0, dead: 0 }, webhooks: [] }),
    })
    metrics.command('close', 'done', 0.1)
    const exported = new Set([...(await metrics.exposition()).matchAll(/^(?:# HELP )?([a-z_:0-9]+)[{ ]/gim)].map(([, name = '']) => name))
    const named = new Set<string>()
    for (const expression of expressions)
      parser.parse(expression).iterate({
        enter: ({ name, from, to, node }) => {
          if (name === 'Identifier' && node.parent?.name === 'VectorSelector') named.add(expression.slice(from, to))
        },
      })
    expect(named.size).toBeGreaterThan(8)
    expect([...named].filter((name) => ![...exported, ...ownMetrics].includes(name))).toEqual([])
  })

  it('says of each alarm what it is and how much it presses', () => {
    for (const rule of rules) {
      expect(['page', 'look']).toContain(member(rule, 'labels', 'severity'))
      expect(member(rule, 'annotations', 'summary')).toEqual(expect.any(String))
    }
    expect(new Set(rules.map((rule) => member(rule, 'alert'))).size).toBe(rules.length)
  })

  it('knows the limit of memory that docker-compose.yml sets', () => {
    for (const name of ['api', 'projector']) expect(text('deploy/prometheus/alerts.yml')).toContain(`${service(name).deploy.resources.limits.memory.replace('m', '')} * 1024 * 1024`)
  })

  it('shows the dashboard from the source that is provisioned', () => {
    const uid = member(list(member(yaml(text('deploy/grafana/provisioning/datasources/prometheus.yml')), 'datasources'))[0], 'uid')
    for (const one of [...panels, ...targets]) expect(member(one, 'datasource', 'uid')).toBe(uid)
    const folder = member(list(member(yaml(text('deploy/grafana/provisioning/dashboards/vaka.yml')), 'providers'))[0], 'options', 'path')
    expect(service('grafana').volumes).toContain(`./deploy/grafana/dashboards:${String(folder)}:ro`)
  })
})
