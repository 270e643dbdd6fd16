
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "AttachToolToSubAgentResult": [
      "AttachToolToSubAgentPayload",
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "AttachToolToVoiceAgentResult": [
      "AttachToolToVoiceAgentPayload",
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "CreateToolResult": [
      "ConflictError",
      "CreateToolPayload",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "CreateVoiceToolResult": [
      "ConflictError",
      "CreateVoiceToolPayload",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "DeleteToolResult": [
      "ConflictError",
      "DeleteToolPayload",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "DeleteVoiceToolResult": [
      "ConflictError",
      "DeleteVoiceToolPayload",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "DetachToolFromSubAgentResult": [
      "ConflictError",
      "DetachToolFromSubAgentPayload",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ],
    "Node": [
      "Agent",
      "CredentialReference",
      "Project",
      "SubAgent",
      "SubAgentToolRelation",
      "Tool",
      "VoiceAgent",
      "VoiceAgentTool",
      "VoiceTool"
    ],
    "UpdateSubAgentToolRelationResult": [
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError",
      "UpdateSubAgentToolRelationPayload"
    ],
    "UpdateToolResult": [
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError",
      "UpdateToolPayload"
    ],
    "UpdateVoiceToolResult": [
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError",
      "UpdateVoiceToolPayload"
    ],
    "UserError": [
      "ConflictError",
      "ForbiddenError",
      "InvalidInputError",
      "NotFoundError"
    ]
  }
};
      export default result;
    