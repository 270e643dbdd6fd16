import type { AgentToolRow, Playbook, VoiceAgentRow } from '../kataven/rows.js';

/** A voice agent with its tool rows. */
export type StoryVoiceAgent = Partial<VoiceAgentRow> & {
  readonly id: string;
  readonly tools: readonly (Pick<AgentToolRow, 'tool_name'> & Partial<AgentToolRow>)[];
};

const BOOKING: Playbook = {
  id: 'pb_01HZ2P1A',
  name: 'book_visit',
  display_name: 'Book a visit',
  category: 'scheduling',
  description: 'Verify the patient, offer three times, book one, confirm by text message.',
  tool_names: ['verify_patient', 'find_open_slots', 'book_appointment', 'send_sms'],
};

const RED_FLAGS: Playbook = {
  id: 'pb_01HZ2P1B',
  name: 'red_flags',
  display_name: 'Red flags',
  category: 'urgent',
  description: 'Chest pain, trouble breathing, signs of a stroke: tell the caller to dial 911 before anything else.',
  tool_names: ['triage_score', 'page_on_call_provider'],
};

const PARKING = {
  id: 'faq_01HZ2Q7C',
  name: 'parking',
  title: 'Where can I park?',
  summary: 'Free for two hours behind the building.',
  content: 'The lot behind 12 Harbor Street is free for two hours. The door next to it has no steps.',
  category: 'visit',
};

/** The voice agents of a family doctor's clinic, in the order of the list. */
export const CLINIC_AGENTS: readonly StoryVoiceAgent[] = [
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A',
    name: 'Front desk',
    description: 'Answers the main line during opening hours',
    category: 'customer_support',
    system_prompt:
      'You answer the phone of Lakeside Family Clinic. Verify who is calling before you speak about a patient. ' +
      'Never give medical advice.',
    greeting_message: 'Lakeside Family Clinic, how can I help you?',
    voice_id: 'voice_clara',
    playbooks: [BOOKING, RED_FLAGS],
    faqs: [PARKING],
    tools: [
      { tool_name: 'verify_patient' },
      { tool_name: 'find_open_slots', config: { horizon_days: 21 } },
      { tool_name: 'book_appointment', config: { confirm_by: 'sms' } },
      { tool_name: 'cancel_appointment' },
      { tool_name: 'lookup_business_hours' },
      { tool_name: 'lookup_insurance', enabled: false },
      { tool_name: 'send_sms', config: { sender: '+15550142' } },
      { tool_name: 'transfer_call', config: { destinations: { nurse: '+15550143', billing: '+15550144' } } },
      { tool_name: 'end_call' },
    ],
  },
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6B',
    name: 'Refills',
    description: 'Renews prescriptions',
    category: 'operations',
    system_prompt:
      'You take refill requests. Controlled substances are never renewed on the phone: book a visit instead.',
    greeting_message: 'Refill line of Lakeside Family Clinic. Which medication is it about?',
    greeting_mode: 'locked',
    llm_model: 'gpt-4o-mini',
    playbooks: [BOOKING],
    tools: [
      { tool_name: 'verify_patient' },
      { tool_name: 'request_refill', config: { max_per_call: 3 } },
      { tool_name: 'check_refill_status' },
      { tool_name: 'take_message' },
      { tool_name: 'end_call' },
    ],
  },
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6C',
    name: 'After hours',
    description: 'Answers at night and on holidays',
    category: 'customer_support',
    system_prompt:
      'Find out how urgent it is first. Page the provider on call from a score of 4; otherwise take a message.',
    greeting_message: 'The clinic is closed. If this is an emergency, hang up and dial 911.',
    voice_provider: 'elevenlabs',
    voice_id: 'voice_martin',
    playbooks: [RED_FLAGS],
    tools: [
      { tool_name: 'triage_score' },
      { tool_name: 'page_on_call_provider', config: { min_score: 4 } },
      { tool_name: 'take_message' },
      { tool_name: 'lookup_business_hours' },
      { tool_name: 'schedule_callback', config: { earliest: '08:00' } },
      { tool_name: 'end_call' },
    ],
  },
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6D',
    name: 'Billing questions',
    description: 'Explains statements and takes messages for the billing office',
    category: 'customer_support',
    system_prompt: 'Explain statements in plain words. Payments are not taken on the phone.',
    greeting_message: 'Billing office, what can I explain?',
    auth_mode: 'public',
    tools: [
      { tool_name: 'verify_patient' },
      { tool_name: 'lookup_invoice' },
      { tool_name: 'lookup_insurance', config: { payers: ['Aetna', 'Cigna', 'Medicare'] } },
      { tool_name: 'transfer_call', config: { destinations: { billing: '+15550144' } } },
    ],
  },
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6E',
    name: 'Referrals',
    description: 'Follows up on referrals to specialists',
    category: 'operations',
    status: 'paused',
    system_prompt: 'Call patients whose referral is open for a week, and help them book.',
    background_audio_enabled: true,
    background_audio_volume: 0.3,
    tools: [{ tool_name: 'verify_patient' }, { tool_name: 'create_referral' }, { tool_name: 'send_intake_form' }],
  },
  {
    id: 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6F',
    name: 'Recepción',
    description: 'The front desk in Spanish, not yet in use',
    status: 'draft',
    greeting_message: 'Clínica Lakeside, ¿en qué puedo ayudarle?',
    template_id: 'tmpl_general_intake',
    tools: [],
  },
];
