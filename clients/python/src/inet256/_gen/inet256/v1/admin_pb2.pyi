from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TraceRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACE_ROLE_UNSPECIFIED: _ClassVar[TraceRole]
    TRACE_ROLE_NEXT_HOP: _ClassVar[TraceRole]
    TRACE_ROLE_ROUTER: _ClassVar[TraceRole]
    TRACE_ROLE_NODE: _ClassVar[TraceRole]

class PathKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PATH_KIND_UNSPECIFIED: _ClassVar[PathKind]
    PATH_KIND_CONFIGURED: _ClassVar[PathKind]
    PATH_KIND_DISCOVERED: _ClassVar[PathKind]
    PATH_KIND_LEARNED: _ClassVar[PathKind]

class PathState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PATH_STATE_UNSPECIFIED: _ClassVar[PathState]
    PATH_STATE_USED: _ClassVar[PathState]
    PATH_STATE_USABLE: _ClassVar[PathState]
    PATH_STATE_DOUBTFUL: _ClassVar[PathState]
    PATH_STATE_FAILED: _ClassVar[PathState]
    PATH_STATE_UNPROVEN: _ClassVar[PathState]
TRACE_ROLE_UNSPECIFIED: TraceRole
TRACE_ROLE_NEXT_HOP: TraceRole
TRACE_ROLE_ROUTER: TraceRole
TRACE_ROLE_NODE: TraceRole
PATH_KIND_UNSPECIFIED: PathKind
PATH_KIND_CONFIGURED: PathKind
PATH_KIND_DISCOVERED: PathKind
PATH_KIND_LEARNED: PathKind
PATH_STATE_UNSPECIFIED: PathState
PATH_STATE_USED: PathState
PATH_STATE_USABLE: PathState
PATH_STATE_DOUBTFUL: PathState
PATH_STATE_FAILED: PathState
PATH_STATE_UNPROVEN: PathState

class GetStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("address", "address_text", "public_key", "version", "uptime", "endpoints", "nodes", "clients", "streams", "queued_bytes", "counters", "network", "transport_addresses", "peers", "sessions", "routes")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPTIME_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    CLIENTS_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_BYTES_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    TRANSPORT_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    PEERS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    public_key: bytes
    version: str
    uptime: _duration_pb2.Duration
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    nodes: int
    clients: int
    streams: int
    queued_bytes: int
    counters: _containers.RepeatedCompositeFieldContainer[Counter]
    network: str
    transport_addresses: _containers.RepeatedScalarFieldContainer[str]
    peers: _containers.RepeatedCompositeFieldContainer[Peer]
    sessions: SessionSummary
    routes: _containers.RepeatedCompositeFieldContainer[Route]
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., public_key: _Optional[bytes] = ..., version: _Optional[str] = ..., uptime: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., endpoints: _Optional[_Iterable[str]] = ..., nodes: _Optional[int] = ..., clients: _Optional[int] = ..., streams: _Optional[int] = ..., queued_bytes: _Optional[int] = ..., counters: _Optional[_Iterable[_Union[Counter, _Mapping]]] = ..., network: _Optional[str] = ..., transport_addresses: _Optional[_Iterable[str]] = ..., peers: _Optional[_Iterable[_Union[Peer, _Mapping]]] = ..., sessions: _Optional[_Union[SessionSummary, _Mapping]] = ..., routes: _Optional[_Iterable[_Union[Route, _Mapping]]] = ...) -> None: ...

class WatchStatusRequest(_message.Message):
    __slots__ = ("interval",)
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    interval: _duration_pb2.Duration
    def __init__(self, interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchStatusResponse(_message.Message):
    __slots__ = ("status",)
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: GetStatusResponse
    def __init__(self, status: _Optional[_Union[GetStatusResponse, _Mapping]] = ...) -> None: ...

class ListNodesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListNodesResponse(_message.Message):
    __slots__ = ("nodes",)
    NODES_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[OpenNode]
    def __init__(self, nodes: _Optional[_Iterable[_Union[OpenNode, _Mapping]]] = ...) -> None: ...

class OpenNode(_message.Message):
    __slots__ = ("address", "address_text", "openings", "queued_messages", "queued_bytes")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    OPENINGS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    QUEUED_BYTES_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    openings: int
    queued_messages: int
    queued_bytes: int
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., openings: _Optional[int] = ..., queued_messages: _Optional[int] = ..., queued_bytes: _Optional[int] = ...) -> None: ...

class ListPeersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListPeersResponse(_message.Message):
    __slots__ = ("peers",)
    PEERS_FIELD_NUMBER: _ClassVar[int]
    peers: _containers.RepeatedCompositeFieldContainer[Peer]
    def __init__(self, peers: _Optional[_Iterable[_Union[Peer, _Mapping]]] = ...) -> None: ...

class AddPeerRequest(_message.Message):
    __slots__ = ("address", "address_text", "transport_addresses", "save")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    TRANSPORT_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    SAVE_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    transport_addresses: _containers.RepeatedScalarFieldContainer[str]
    save: bool
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., transport_addresses: _Optional[_Iterable[str]] = ..., save: bool = ...) -> None: ...

class AddPeerResponse(_message.Message):
    __slots__ = ("peer",)
    PEER_FIELD_NUMBER: _ClassVar[int]
    peer: Peer
    def __init__(self, peer: _Optional[_Union[Peer, _Mapping]] = ...) -> None: ...

class RemovePeerRequest(_message.Message):
    __slots__ = ("address", "address_text", "save")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    SAVE_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    save: bool
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., save: bool = ...) -> None: ...

class RemovePeerResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListNetworksRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListNetworksResponse(_message.Message):
    __slots__ = ("networks",)
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    networks: _containers.RepeatedCompositeFieldContainer[Network]
    def __init__(self, networks: _Optional[_Iterable[_Union[Network, _Mapping]]] = ...) -> None: ...

class Network(_message.Message):
    __slots__ = ("name", "summary", "used", "options_schema")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    name: str
    summary: str
    used: bool
    options_schema: str
    def __init__(self, name: _Optional[str] = ..., summary: _Optional[str] = ..., used: bool = ..., options_schema: _Optional[str] = ...) -> None: ...

class PingRequest(_message.Message):
    __slots__ = ("address", "address_text", "count", "size", "interval", "timeout")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    count: int
    size: int
    interval: _duration_pb2.Duration
    timeout: _duration_pb2.Duration
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., count: _Optional[int] = ..., size: _Optional[int] = ..., interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class PingResponse(_message.Message):
    __slots__ = ("number", "rtt")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RTT_FIELD_NUMBER: _ClassVar[int]
    number: int
    rtt: _duration_pb2.Duration
    def __init__(self, number: _Optional[int] = ..., rtt: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TraceRequest(_message.Message):
    __slots__ = ("address", "address_text", "count", "timeout")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    count: int
    timeout: _duration_pb2.Duration
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., count: _Optional[int] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TraceResponse(_message.Message):
    __slots__ = ("role", "address", "address_text", "hops", "rtt")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    HOPS_FIELD_NUMBER: _ClassVar[int]
    RTT_FIELD_NUMBER: _ClassVar[int]
    role: TraceRole
    address: bytes
    address_text: str
    hops: int
    rtt: _duration_pb2.Duration
    def __init__(self, role: _Optional[_Union[TraceRole, str]] = ..., address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., hops: _Optional[int] = ..., rtt: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class GetLogLevelRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetLogLevelResponse(_message.Message):
    __slots__ = ("level",)
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    level: str
    def __init__(self, level: _Optional[str] = ...) -> None: ...

class SetLogLevelRequest(_message.Message):
    __slots__ = ("level",)
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    level: str
    def __init__(self, level: _Optional[str] = ...) -> None: ...

class SetLogLevelResponse(_message.Message):
    __slots__ = ("previous",)
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    previous: str
    def __init__(self, previous: _Optional[str] = ...) -> None: ...

class Route(_message.Message):
    __slots__ = ("router", "router_text", "next_hop", "next_hop_text", "hops", "cost")
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    ROUTER_TEXT_FIELD_NUMBER: _ClassVar[int]
    NEXT_HOP_FIELD_NUMBER: _ClassVar[int]
    NEXT_HOP_TEXT_FIELD_NUMBER: _ClassVar[int]
    HOPS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    router: bytes
    router_text: str
    next_hop: bytes
    next_hop_text: str
    hops: int
    cost: _duration_pb2.Duration
    def __init__(self, router: _Optional[bytes] = ..., router_text: _Optional[str] = ..., next_hop: _Optional[bytes] = ..., next_hop_text: _Optional[str] = ..., hops: _Optional[int] = ..., cost: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ExplainRouteRequest(_message.Message):
    __slots__ = ("address", "address_text")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ...) -> None: ...

class ExplainRouteResponse(_message.Message):
    __slots__ = ("ready", "why", "local", "next_hop", "next_hop_text", "router", "router_text", "hops", "cost")
    READY_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    NEXT_HOP_FIELD_NUMBER: _ClassVar[int]
    NEXT_HOP_TEXT_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    ROUTER_TEXT_FIELD_NUMBER: _ClassVar[int]
    HOPS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    ready: bool
    why: str
    local: bool
    next_hop: bytes
    next_hop_text: str
    router: bytes
    router_text: str
    hops: int
    cost: _duration_pb2.Duration
    def __init__(self, ready: bool = ..., why: _Optional[str] = ..., local: bool = ..., next_hop: _Optional[bytes] = ..., next_hop_text: _Optional[str] = ..., router: _Optional[bytes] = ..., router_text: _Optional[str] = ..., hops: _Optional[int] = ..., cost: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Peer(_message.Message):
    __slots__ = ("address", "address_text", "configured", "up", "paths", "queued_packets", "queued_bytes", "queued_control_bytes", "counters")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    PATHS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_PACKETS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_BYTES_FIELD_NUMBER: _ClassVar[int]
    QUEUED_CONTROL_BYTES_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    configured: bool
    up: bool
    paths: _containers.RepeatedCompositeFieldContainer[Path]
    queued_packets: int
    queued_bytes: int
    queued_control_bytes: int
    counters: _containers.RepeatedCompositeFieldContainer[Counter]
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., configured: bool = ..., up: bool = ..., paths: _Optional[_Iterable[_Union[Path, _Mapping]]] = ..., queued_packets: _Optional[int] = ..., queued_bytes: _Optional[int] = ..., queued_control_bytes: _Optional[int] = ..., counters: _Optional[_Iterable[_Union[Counter, _Mapping]]] = ...) -> None: ...

class Path(_message.Message):
    __slots__ = ("address", "kind", "state", "rtt", "loss", "mtu", "datagrams_sent", "bytes_sent", "datagrams_received", "bytes_received")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RTT_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    DATAGRAMS_SENT_FIELD_NUMBER: _ClassVar[int]
    BYTES_SENT_FIELD_NUMBER: _ClassVar[int]
    DATAGRAMS_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    BYTES_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    address: str
    kind: PathKind
    state: PathState
    rtt: _duration_pb2.Duration
    loss: float
    mtu: int
    datagrams_sent: int
    bytes_sent: int
    datagrams_received: int
    bytes_received: int
    def __init__(self, address: _Optional[str] = ..., kind: _Optional[_Union[PathKind, str]] = ..., state: _Optional[_Union[PathState, str]] = ..., rtt: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., loss: _Optional[float] = ..., mtu: _Optional[int] = ..., datagrams_sent: _Optional[int] = ..., bytes_sent: _Optional[int] = ..., datagrams_received: _Optional[int] = ..., bytes_received: _Optional[int] = ...) -> None: ...

class SessionSummary(_message.Message):
    __slots__ = ("remotes", "sessions", "waiting_remotes", "waiting_bytes")
    REMOTES_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    WAITING_REMOTES_FIELD_NUMBER: _ClassVar[int]
    WAITING_BYTES_FIELD_NUMBER: _ClassVar[int]
    remotes: int
    sessions: int
    waiting_remotes: int
    waiting_bytes: int
    def __init__(self, remotes: _Optional[int] = ..., sessions: _Optional[int] = ..., waiting_remotes: _Optional[int] = ..., waiting_bytes: _Optional[int] = ...) -> None: ...

class Counter(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: int
    def __init__(self, name: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
