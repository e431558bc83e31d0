// SPDX-License-Identifier: Apache-2.0

/**
 * The stubs of INET256's API and of the standard services a daemon serves beside it, generated
 * from proto/ by `npm run generate`. Only this file is written by hand.
 *
 * Names that several packages share come under a name of their own (`health`, `reflection`).
 */
export * from "./google/rpc/error_details_pb.js";
export * from "./google/rpc/status_pb.js";
export * as health from "./grpc/health/v1/health_pb.js";
export * as reflection from "./grpc/reflection/v1/reflection_pb.js";
export * as reflectionAlpha from "./grpc/reflection/v1alpha/reflection_pb.js";
export * from "./inet256/v1/admin_pb.js";
export * from "./inet256/v1/node_pb.js";
