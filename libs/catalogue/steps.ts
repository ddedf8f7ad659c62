import type { Labels } from '#libs/kernel/event'
import type { Phase, Step } from '#libs/duties/codes'

/** Next steps of a case, as the reader is asked to take them. */
export const stepSentences: Readonly<Record<Step, Labels>> = {
  acknowledge: { sv: 'Bekräfta mottagandet.', en: 'Acknowledge the receipt.' },
  'assign-diary-number': { sv: 'Tilldela diarienummer.', en: 'Assign a diary number.' },
  assess: { sv: 'Bedöm avvikelsen.', en: 'Assess the deviation.' },
  'score-risk': { sv: 'Bedöm allvarlighetsgrad och sannolikhet.', en: 'Score severity and likelihood.' },
  investigate: { sv: 'Öppna en utredning.', en: 'Open an investigation.' },
  'complete-investigation': { sv: 'Slutför utredningen.', en: 'Complete the investigation.' },
  'escalate-or-clear': {
    sv: 'Lyft misstanken som lex Sarah eller lex Maria, eller bedöm på nytt med motivering.',
    en: 'Take the suspicion to lex Sarah or lex Maria, or assess anew with a motivation.',
  },
  'take-over-lex-sarah': { sv: 'Ta över ärendet som lex Sarah-ansvarig, eller avvisa med motivering.', en: 'Take the case over as lex Sarah officer, or decline with a motivation.' },
  'appoint-investigator': { sv: 'Utse lex Sarah-utredare.', en: 'Appoint a lex Sarah investigator.' },
  'propose-degree': { sv: 'Föreslå grad av missförhållande.', en: 'Propose the degree of misconduct.' },
  'decide-degree': { sv: 'Besluta om grad av missförhållande.', en: 'Decide the degree of misconduct.' },
  'decide-ivo': { sv: 'Besluta om anmälan till IVO.', en: 'Decide on notification to IVO.' },
  'send-ivo': { sv: 'Skicka anmälan till IVO och registrera det.', en: 'Send the notification to IVO and record it.' },
  'record-ivo-receipt': { sv: 'Registrera kvittensen från IVO.', en: 'Record the receipt from IVO.' },
  'send-ivo-investigation': { sv: 'Skicka utredningen till IVO och registrera det.', en: 'Send the investigation to IVO and record it.' },
  'answer-ivo': { sv: 'Svara på IVO:s begäran om komplettering.', en: "Answer IVO's request for a supplement." },
  'decide-lex-maria': { sv: 'Besluta om anmälan enligt lex Maria.', en: 'Decide on notification under lex Maria.' },
  'inform-patient': { sv: 'Informera patienten, eller avstå med skäl.', en: 'Inform the patient, or waive it with a reason.' },
  'inform-authority': { sv: 'Underrätta nämnden.', en: 'Inform the authority.' },
  'answer-handover': { sv: 'Svara på överlämningen, eller registrera mottagarens svar.', en: 'Answer the hand-over, or record the answer of the receiver.' },
  'propose-measures': { sv: 'Föreslå åtgärder, eller besluta att inga behövs.', en: 'Propose measures, or decide that none are needed.' },
  'decide-measures': { sv: 'Besluta om de föreslagna åtgärderna.', en: 'Decide on the proposed measures.' },
  'complete-measures': { sv: 'Genomför de beslutade åtgärderna.', en: 'Complete the approved measures.' },
  'check-effect': { sv: 'Kontrollera åtgärdernas effekt.', en: 'Check the effect of the measures.' },
  'give-feedback': { sv: 'Ge återkoppling, eller avstå med skäl.', en: 'Give feedback, or waive it with a reason.' },
  'answer-complaint': { sv: 'Svara på klagomålet eller synpunkten.', en: 'Answer the complaint or suggestion.' },
  'send-to-registrar': { sv: 'Skicka dokumentationen till registrator.', en: 'Send the documentation to the registrar.' },
  close: { sv: 'Avsluta ärendet.', en: 'Close the case.' },
  none: { sv: 'Inget återstår.', en: 'Nothing remains.' },
}

export const phaseLabels: Readonly<Record<Phase, Labels>> = {
  reported: { sv: 'Rapporterad', en: 'Reported' },
  assessing: { sv: 'Bedöms', en: 'Being assessed' },
  investigating: { sv: 'Utreds', en: 'Being investigated' },
  'lex-sarah': { sv: 'Lex Sarah', en: 'Lex Sarah' },
  measures: { sv: 'Åtgärder', en: 'Measures' },
  'following-up': { sv: 'Följs upp', en: 'Being followed up' },
  closing: { sv: 'Klar att avsluta', en: 'Ready to close' },
  closed: { sv: 'Avslutad', en: 'Closed' },
  'no-case': { sv: 'Utan ärende', en: 'No case' },
}
