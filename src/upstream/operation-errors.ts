import type { CredentialProblem } from './caller.js';
import type { Service } from './client/call.js';

/** The upstream is not configured. Nothing was sent. */
export class UpstreamNotConfigured extends Error {
  readonly service: Service;

  constructor(service: Service) {
    super(`no ${service} upstream is configured`);
    this.name = 'UpstreamNotConfigured';
    this.service = service;
  }
}

/** The caller has no usable credential for this upstream. Nothing was sent. */
export class CredentialMissing extends Error {
  readonly service: Service;
  readonly problem: CredentialProblem;

  constructor(service: Service, problem: CredentialProblem) {
    super(`no usable credential for ${service}: ${problem.header} is ${problem.problem}`);
    this.name = 'CredentialMissing';
    this.service = service;
    this.problem = problem;
  }
}

/** The operation has used its budget of upstream calls. Nothing was sent. */
export class UpstreamBudgetExceeded extends Error {
  readonly service: Service;
  readonly limit: number;

  constructor(service: Service, limit: number) {
    super(`the operation needs more than ${limit} upstream calls`);
    this.name = 'UpstreamBudgetExceeded';
    this.service = service;
    this.limit = limit;
  }
}

/** The tool or the sub-agent of a new relation does not exist. Nothing was changed. */
export class LinkEndMissing extends Error {
  readonly end: 'tool' | 'subAgent';

  constructor(end: 'tool' | 'subAgent') {
    super(`the ${end} of the relation does not exist`);
    this.name = 'LinkEndMissing';
    this.end = end;
  }
}

/** Another relation already gives the sub-agent this tool. Nothing was changed. */
export class PairExists extends Error {
  constructor() {
    super('the sub-agent has this tool already');
    this.name = 'PairExists';
  }
}
