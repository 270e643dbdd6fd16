import { GraphQLError } from 'graphql';
import { builder } from '../builder.js';
import { JSONObjectScalar, JSONScalar } from './json-scalars.js';

builder.scalarType('DateTime', {
  description:
    'A point in time as RFC 3339 text in UTC, such as `2026-11-21T19:59:59.411426Z`. Other forms that the upstreams use are converted. Null if the upstream has something that is not a valid date and time, such as `24:00:00` or a leap second.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('DateTime is never an input of this API.');
  },
});

builder.addScalarType('JSON', JSONScalar, { description: 'Any JSON value, exactly as the upstream has it.' });

builder.addScalarType('JSONObject', JSONObjectScalar, { description: 'A JSON object.' });
