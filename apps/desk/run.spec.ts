import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { authenticator, demoVerifier } from '#apps/api/tokens'
import { runDesk } from '#apps/desk/run'
import { announceServer } from '#apps/desk/running'
import { caseIdOf } from '#events/deviation'
import { caseNumber } from '#libs/duties/number'
import { readLog } from '#libs/event-store-sqlite/store'
import { lockFolder } from '#libs/sqlite/lock'

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'vaka-desk-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})
const desk = (folder: string, ...argv: string[]) => runDesk(argv, { VAKA_DATA: folder })
const failure = (error: string) => ({ code: 1, out: '', error: expect.stringMatching(new RegExp(`^[^\\n]*${error}[^\\n]*\\n$`)) })

describe('the command line', () => {
  it('shows its commands in the language asked for', async () => {
    expect(await runDesk([], {})).toMatchObject({ code: 0, out: expect.stringContaining('desk organisation init --admin <inloggning>') })
    expect((await runDesk(['--language', 'en'], {})).out).toContain('a token for demo mode')
    expect((await runDesk([], { LANG: 'en_GB.UTF-8' })).out).toContain('a token for demo mode')
  })
  it.each([
    [['replays'], 'replays'],
    [['constructor'], 'constructor'],
    [['token'], 'desk token <subject>'],
    [['token', 'a b'], 'inloggning utan mellanslag'],
    [['demo', 'load', 'now'], 'desk demo load'],
    [['organisation', 'init', '--admin', 'a'], '--confirmer'],
    [['rebuild', 'nothing'], 'ingen projektion nothing; .*queue'],
    [['projections'], 'inga projektioner'],
    [['replay', '00000-00000'], 'ingen händelselogg'],
    [['replay', 'x', '--at', '2020'], 'tidpunkten'],
    [['replay', 'x', '--revision', '-1'], 'desk replay'],
    [['--language', 'fi'], 'sv eller en'],
  ])('says in one sentence what is wrong with %j', async (argv, sentence) => {
    expect(await desk(newFolder(), ...argv)).toEqual(failure(sentence))
  })
  it('mints tokens that the server takes', async () => {
    const folder = newFolder()
    const { out } = await desk(folder, 'token', 'chef-barn-och-unga')
    expect(await authenticator(demoVerifier(folder))(`Bearer ${out.trim()}`)).toMatchObject({ login: 'chef-barn-och-unga' })
  })
})

describe('on a data folder without a server', () => {
  let folder: string
  let id: string
  beforeAll(async () => {
    folder = newFolder()
    expect(await desk(folder, 'demo', 'load')).toMatchObject({ code: 0, out: expect.stringContaining('43 ärenden') })
    const log = await readLog({ file: join(folder, 'events.db') })
    for await (const item of log.subscribe({ after: 'start', signal: new AbortController().signal })) {
      if (item === 'caught-up') break
      if (!('passed' in item) && item.type === 'lex-sarah-escalated') id = caseIdOf(item.stream)
    }
    await log.close()
  })

  it('replays a case in words, by id or number, without personal data', async () => {
    const { code, out, error } = await desk(folder, 'replay', id)
    expect([code, error]).toEqual([0, ''])
    for (const words of [
      `Ärende ${caseNumber(id)} (${id})`,
      '2020-03-10 09:20:00  Rapporterad',
      'Enhetschef vid Enheten för barn och unga (inkl. familjerätten), ',
      'Lex Sarah-ansvarig tog över ärendet.',
      'Lex Sarah beslutades: Påtaglig risk för allvarligt missförhållande. Motivering: [personal data]',
      'Fas: Åtgärder [measures]',
      'Lex Sarah: beslutad, Påtaglig risk för allvarligt missförhållande',
      'IVO, Lex Sarah: ska anmälas, skickad, kvitterad',
      'Nästa steg: Föreslå åtgärder, eller besluta att inga behövs. [propose-measures] Lex Sarah-ansvarig vid ',
    ])
      expect(out).toContain(words)
    expect(out).not.toContain('Bedömd som risk')
    expect((await desk(folder, 'replay', caseNumber(id).toLowerCase())).out).toBe(out)
    expect((await desk(folder, 'replay', id, '--language', 'en')).out).toContain('Phase: Measures')
  })
  it('replays it as of an instant or a revision', async () => {
    const then = await desk(folder, 'replay', id, '--at', '2020-04-03T12:00:00+02:00')
    expect(then.out).toContain('Lex Sarah: grad föreslagen')
    expect(then.out).not.toContain('beslutad')
    const last = Number(/Läge vid version (\d+)/.exec(then.out)?.[1])
    expect((await desk(folder, 'replay', id, '--revision', String(last))).out).toBe(then.out)
    expect(await desk(folder, 'replay', id, '--revision', '99')).toEqual(failure('ingen version 99'))
    expect(await desk(folder, 'replay', id, '--at', '2020-03-01T00:00:00+01:00')).toEqual(failure('fanns inte'))
    expect(await desk(folder, 'replay', '00000-00000')).toEqual(failure('inget ärende 00000-00000'))
  })
  it('shows and rebuilds projections', async () => {
    const before = (await desk(folder, 'projections')).out
    expect(before).toMatch(/^statistics +4 +live +\d{16} +0 +43 +[0-9a-f]{16}$/m)
    expect(await desk(folder, 'rebuild', 'statistics')).toMatchObject({ code: 0, out: expect.stringContaining('43 rader') })
    expect((await desk(folder, 'projections')).out).toBe(before)
  })
  it('refuses a second beginning', async () => {
    expect(await desk(folder, 'organisation', 'init', '--admin', 'a', '--confirmer', 'b')).toEqual(failure('första administratör'))
    const other = newFolder()
    expect(await desk(other, 'organisation', 'init', '--admin', 'a', '--confirmer', 'b')).toMatchObject({ code: 0, out: expect.stringContaining('a är administratör') })
    expect(await desk(other, 'demo', 'load')).toEqual(failure('Loggen innehåller redan annat'))
  })
})

describe('on a data folder that a server holds', () => {
  const folder = newFolder()
  const lock = lockFolder(folder)
  const asked: string[] = []
  let server: Server
  let url: string
  let withdraw: () => void
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['accept-language']}`)
      const [status, body] = request.url === '/demo/load' ? [200, { cases: 43, events: 300 }] : [422, { detail: 'd', reasons: [{ code: 'organisation-not-empty' }] }]
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    withdraw = announceServer(folder, { url, pid: process.pid })
  })
  afterAll(async () => {
    lock.release()
    await new Promise((resolve) => server.close(resolve))
  })

  it('gives it the command, and its refusal in words', async () => {
    expect(await desk(folder, 'demo', 'load')).toMatchObject({ code: 0, out: expect.stringContaining('43 ärenden, 300 händelser') })
    expect(await desk(folder, 'organisation', 'init', '--admin', 'a', '--confirmer', 'b', '--language', 'en')).toEqual(failure('first administrator already'))
    expect(asked).toEqual(['POST /demo/load sv', 'POST /demo/organisation-init en'])
  })
  it('says so when the holder takes no commands, and trusts no announcement of a process that is gone', async () => {
    announceServer(folder, { url, pid: 2 ** 22 })
    expect(await desk(folder, 'demo', 'load')).toEqual(failure('tar inte emot kommandot'))
    withdraw()
    expect(existsSync(join(folder, 'server.json'))).toBe(false)
    expect(await desk(folder, 'demo', 'load')).toEqual(failure('tar inte emot kommandot'))
  })
})
