import type { VoiceToolRow } from '../kataven/rows.js';

type StoryVoiceTool = Partial<VoiceToolRow> & { name: string };

/** A tool of the platform; it cannot be deleted. */
function builtIn(name: string, category: string, description: string, ...args: string[]): StoryVoiceTool {
  return {
    name,
    category,
    description,
    schema: schemaOf(args),
    implementation_type: 'python',
    implementation_code: `def ${name}(ctx${args.map((arg) => `, ${arg}`).join('')}):\n    return ctx.platform.${name}(${args.join(', ')})\n`,
    tags: ['built-in', category],
    is_default: true,
    default_version: '2.4.0',
  };
}

/** A tool that calls the clinic's own system. */
function overHttp(name: string, category: string, description: string, ...args: string[]): StoryVoiceTool {
  return {
    name,
    category,
    description,
    schema: schemaOf(args),
    implementation_type: 'http',
    implementation_config: {
      url: `https://ehr.lakeside-clinic.example/voice/${name}`,
      method: 'POST',
      auth: { type: 'bearer', token: 'ehr-secret-41c7d09be2f34a85' },
      timeout_ms: 4000,
    },
    tags: ['clinic', category],
  };
}

function schemaOf(args: readonly string[]) {
  const properties = Object.fromEntries(args.map((arg) => [arg, { type: 'string' }]));
  return { type: 'object', properties, required: [...args] };
}

/** The tools of a family doctor's clinic: those of the platform, then the clinic's own. */
export const CLINIC_TOOLS: readonly StoryVoiceTool[] = [
  builtIn('end_call', 'call_control', 'Say goodbye and hang up'),
  builtIn('transfer_call', 'call_control', 'Put the caller through to a person', 'destination'),
  builtIn('press_digits', 'call_control', 'Press keys in a phone menu', 'digits'),
  builtIn('schedule_callback', 'call_control', 'Call back at an agreed time', 'phone', 'time'),
  builtIn('send_sms', 'messaging', 'Send a text message to the caller', 'phone', 'text'),
  builtIn('take_message', 'messaging', 'Write down a message for the staff', 'from', 'text'),
  {
    ...builtIn('lookup_business_hours', 'information', 'Opening hours of a day', 'date'),
    modified_from_default: true,
  },
  overHttp('verify_patient', 'patients', 'Find a patient by name and date of birth', 'name', 'birth_date'),
  overHttp('send_intake_form', 'patients', 'Text a link to the intake form', 'patient_id', 'phone'),
  overHttp('find_open_slots', 'scheduling', 'Free appointments with a provider', 'provider', 'from', 'to'),
  overHttp('book_appointment', 'scheduling', 'Book an appointment', 'patient_id', 'slot_id', 'reason'),
  overHttp('cancel_appointment', 'scheduling', 'Cancel an appointment', 'appointment_id'),
  overHttp('request_refill', 'pharmacy', 'Ask a provider to renew a prescription', 'patient_id', 'medication'),
  overHttp('check_refill_status', 'pharmacy', 'How far a refill is', 'patient_id', 'medication'),
  overHttp('page_on_call_provider', 'urgent', 'Wake the provider on call', 'patient_id', 'summary'),
  overHttp('lookup_insurance', 'billing', 'Whether a plan is accepted', 'payer', 'plan'),
  overHttp('lookup_invoice', 'billing', 'What a patient owes', 'patient_id'),
  overHttp('create_referral', 'referrals', 'Refer a patient to a specialist', 'patient_id', 'specialty'),
  {
    name: 'triage_score',
    category: 'urgent',
    description: 'How urgent symptoms are, from 1 to 5',
    schema: {
      type: 'object',
      properties: { symptoms: { type: 'array', items: { type: 'string' } }, age: { type: 'integer', minimum: 0 } },
      required: ['symptoms'],
    },
    implementation_code:
      'RED = {"chest pain", "short of breath", "stroke"}\n\ndef triage_score(ctx, symptoms, age=None):\n    return 5 if RED & set(symptoms) else 2\n',
    tags: ['clinic', 'urgent'],
  },
];
