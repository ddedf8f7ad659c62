import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runDesk } from '#apps/desk/run'
import { deviationEvents, deviationStream } from '#events/deviation'
import { caseNumber } from '#libs/duties/number'
import { openEventStore, readLog } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { byName, type Draft, type Recorded } from '#libs/kernel/event'
import { defaultPolicy, riskOf } from '#libs/policy/policy'
import { municipalities } from '#libs/policy/testing/municipalities'

const folder = mkdtempSync(join(tmpdir(), 'vaka-desk-policy-'))
afterAll(() => rmSync(folder, { recursive: true }))
const desk = (...argv: string[]) => runDesk(argv, { VAKA_DATA: folder })
const failure = (error: string) => ({ code: 1, out: '', error: expect.stringMatching(new RegExp(`^[^\\n]*${error}[^\\n]*\\n$`)) })
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const types = byName(deviationEvents)
const meta = { actor: { id: 's-1', role: 'unit-manager', unit: 'missbruk' }, commandId: 'c', fingerprint: 'f', correlationId: 'x', causationId: 'x', versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 1 } }
const draft = (id: string, type: string, data: Draft['data']): Draft => ({ id, type, schemaVersion: types.get(type)?.version ?? 0, meta, data })
const caseId = (n: number): string => `01890a5d-ac96-774b-8000-00000000000${n}`
/** A case with one score, as the log holds it; what the replay does not read is left out. */
const scored = (n: number, receivedAt: string, group: 'social' | 'health', severity: number, likelihood: number): Draft[] => [
  draft(`${caseId(n)}-0`, 'deviation-reported', { receivedAt, legalAreas: ['SoL', 'HSL'], unit: 'missbruk' }),
  draft(`${caseId(n)}-1`, 'risk-scored', { group, severity, likelihood, ...riskOf(defaultPolicy, group, severity, likelihood) }),
]

beforeAll(async () => {
  const store = await openEventStore({ file: join(folder, 'events.db'), clock: settableClock('2020-03-10T08:00:00.000Z') })
  const samples: Recorded[] = JSON.parse(readFileSync(new URL('../../events/golden/policy.json', import.meta.url), 'utf8'))
  await store.append('policy', 'none', samples.map(({ id, type, schemaVersion, meta: sent, data }) => ({ id, type, schemaVersion, meta: sent, data: { ...data, ...(data['from'] === undefined ? {} : { from: '2020-04-30T22:00:00.000Z' }) } })))
  await store.append(deviationStream(caseId(1)), 'none', scored(1, '2025-12-31T23:00:00.000Z', 'social', 4, 1))
  await store.append(deviationStream(caseId(2)), 'none', scored(2, '2026-03-10T08:00:00.000Z', 'health', 3, 1))
  await store.append(deviationStream(caseId(3)), 'none', scored(3, '2026-03-10T08:00:00.000Z', 'social', 3, 3))
  await store.append(deviationStream(caseId(4)), 'none', scored(4, '2025-12-31T22:59:59.000Z', 'social', 4, 1))
  await store.append(deviationStream(caseId(5)), 'none', [...scored(5, '2026-03-10T08:00:00.000Z', 'social', 4, 1), draft(`${caseId(5)}-2`, 'outcome-without-case-recorded', { outcome: 'withdrawn' })])
  await store.close()
})

describe('desk policy diff', () => {
  it('says what differs, part by part, between two versions', async () => {
    expect(await desk('policy', 'diff', 'default-1', 'kommunen-2026-1')).toEqual({
      code: 0,
      error: '',
      out: [
        'Från default-1 (-) till kommunen-2026-1 (+)',
        '',
        'Riskregler',
        '  - Socialtjänst (SoL, LSS): utredning vid riskvärde 9 eller mer eller allvarlighetsgrad 4 eller mer',
        '  + Socialtjänst (SoL, LSS): utredning vid riskvärde 8 eller mer och allvarlighetsgrad 3 eller mer',
        '  - Hälso- och sjukvård (HSL): utredning vid riskvärde 9 eller mer eller allvarlighetsgrad 4 eller mer',
        '  + Hälso- och sjukvård (HSL): utredning vid riskvärde 8 eller mer eller allvarlighetsgrad 3 eller mer',
        '',
      ].join('\n'),
    })
    expect((await desk('policy', 'diff', 'default-1', 'default-1')).out).toBe('Inget skiljer default-1 och default-1.\n')
  })
  it('reads a file as the body of publish, in either language; every part can differ', async () => {
    const { deadlines, vocabulary, retention, legalBases, escalation, delegation, routines, causes, measureTypes, scales } = defaultPolicy
    const other = file('other.json', {
      deadlines: deadlines.map((d) => (d.key === 'close' ? { ...d, due: { amount: 90, unit: 'days' } } : d)),
      vocabulary: { ...vocabulary, health: [...vocabulary.health, { code: 'rehab', label: { sv: 'Rehabilitering', en: 'Rehabilitation' }, subtypes: [] }] },
      retention: retention.filter((c) => c.class !== 'complaint'),
      legalBases: [...legalBases, { duty: 'inform-patient', area: 'LSS', provision: '1 §', statute: 'X', from: '2026-01-02' }],
      escalation: escalation.filter(({ role }) => role !== 'registrar'),
      delegation: delegation.map((d) => (d.decision === 'lex-maria' ? { ...d, reference: 'SN 4.2' } : d)),
      routines: { ...routines, reviewMonths: 6 },
      causes: causes.map((c) => (c.code === 'teknik' ? { ...c, label: { sv: 'Apparatur', en: 'Equipment' } } : c)),
      measureTypes: measureTypes.map((t) => (t.code === 'rutin' ? { ...t, label: { sv: 'Rutin', en: 'Routine' } } : t)),
      scales: { ...scales, likelihood: scales.likelihood.map((s) => (s.value === 4 ? { value: 4, label: { sv: 'Alltid', en: 'Always' } } : s)) },
    })
    const { out } = await desk('policy', 'diff', 'default-1', other, '--language', 'en')
    for (const line of [
      'Deadlines\n  - Close the case [close]: 2 months from receipt of the report, warning 14 days before, set by Reported. Local routine: Lokal rutin\n  + Close the case [close]: 90 days from',
      'Categories\n  + Health care (HSL): Rehabilitation [rehab]\n',
      'Retention\n  - Complaints and views [complaint]: erased 5 years after closing. Local routine: Informationshanteringsplan\n',
      'Legal bases\n  + Inform the patient (LSS): 1 § X, from 2026-01-02\n',
      'Escalation\n  - Registrar → Director\n',
      'Delegation order\n  - Notification to IVO under lex Maria: Medical officer (MAS, MAR), Nämndens delegationsordning, reported to the board\n  + Notification to IVO under lex Maria: Medical officer (MAS, MAR), SN 4.2, reported to the board\n',
      'Routines\n  - Reviewed every 12 months\n  + Reviewed every 6 months\n',
      'Causes\n  - Technology [teknik]\n  + Equipment [teknik]\n',
      'Types of measures\n  - New or changed routine [rutin]\n  + Routine [rutin]\n',
      'Scales\n  - Likelihood 4: Very high (Every day)\n  + Likelihood 4: Always\n',
    ])
      expect(out).toContain(line)
    // What the file leaves out is taken from the policy in force.
    expect(out).toContain('investigation at a score of 8 or more and a severity of 3 or more')
  })
  it.each<[readonly string[], string]>([
    [['diff', 'default-1'], 'desk policy diff'],
    [['diff', 'default-1', 'nothing'], 'inget regelverk nothing; de som finns är default-1, kommunen-2026-1'],
    [['diff', 'default-1', file('broken.json', '{')], 'broken.json går inte att läsa'],
    [['diff', 'default-1', file('faulty.json', { risk: { social: { score: 17 }, health: { score: 1 } } })], 'faulty.json .* /risk/social/score: Ange ett heltal från 1 till 16'],
    [['diff', 'default-1', file('empty.json', { risk: { social: {}, health: { score: 1 } } })], 'empty.json .* /risk/social/score: Uppgiften saknas'],
    [['replay', 'default-1', '--from', '2026-01-01'], '--from och --to'],
    [['replay', 'default-1', '--from', '2026-02-01', '--to', '2026-01-01'], '--from och --to'],
  ])('says in one sentence what is wrong with %j', async (argv, sentence) => {
    expect(await desk('policy', ...argv)).toEqual(failure(sentence))
  })
})

describe('desk policy replay', () => {
  const year = ['--from', '2026-01-01', '--to', '2026-12-31']
  it('names the cases of the period whose outcome would differ, and all that would be investigated, by version or file, and writes nothing', async () => {
    const out = [
      '3 riskvärderade ärenden som kom in 2026-01-01–2026-12-31: utredning krävdes i 2 och hade enligt kommunen-2026-1 krävts i 2. Utfallet ändras i 2.',
      `  ${caseNumber(caseId(1))}  Socialtjänst (SoL, LSS): 4 x 1 = 4 (2020-03-10, default-1). Utredning krävs → Ingen utredning krävs (Allvarlighetsgraden når gränsen)`,
      `  ${caseNumber(caseId(2))}  Hälso- och sjukvård (HSL): 3 x 1 = 3 (2020-03-10, default-1). Ingen utredning krävs → Utredning krävs (Allvarlighetsgraden når gränsen)`,
      'Utredning hade enligt kommunen-2026-1 krävts i:',
      `  ${caseNumber(caseId(2))}`,
      `  ${caseNumber(caseId(3))}`,
      '',
    ].join('\n')
    const size = async () => {
      const log = await readLog({ file: join(folder, 'events.db') })
      const head = await log.checkpoint('head')
      await log.close()
      return head === 'start' ? 0 : head.size
    }
    const before = await size()
    expect(await desk('policy', 'replay', 'kommunen-2026-1', ...year)).toEqual({ code: 0, error: '', out })
    const kristianstad = file('kristianstad.json', { risk: municipalities.kristianstad.risk })
    expect((await desk('policy', 'replay', kristianstad, ...year)).out).toBe(out.replaceAll('kommunen-2026-1', kristianstad))
    expect((await desk('policy', 'replay', 'default-1', ...year)).out).toMatch(/Utfallet ändras i 0\.\n/)
    expect(await size()).toBe(before)
  })
})
