from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_MESSAGE_TOO_LARGE: _ClassVar[Reason]
    REASON_BAD_ADDRESS: _ClassVar[Reason]
    REASON_BAD_KEY: _ClassVar[Reason]
    REASON_NO_SUCH_ADDRESS: _ClassVar[Reason]
    REASON_UNREACHABLE: _ClassVar[Reason]
    REASON_NODE_CLOSED: _ClassVar[Reason]
    REASON_NODE_DROPPED: _ClassVar[Reason]
    REASON_DISPLACED: _ClassVar[Reason]
    REASON_KEY_IN_USE_BY_DAEMON: _ClassVar[Reason]
    REASON_UNSUPPORTED_OPTION: _ClassVar[Reason]
    REASON_LIMIT_NODES: _ClassVar[Reason]
    REASON_LIMIT_BYTES: _ClassVar[Reason]
    REASON_LIMIT_RATE: _ClassVar[Reason]
    REASON_OUTCOME_UNKNOWN: _ClassVar[Reason]
    REASON_SESSION_EXPIRED: _ClassVar[Reason]
    REASON_UNAUTHENTICATED: _ClassVar[Reason]
    REASON_BAD_REQUEST: _ClassVar[Reason]
    REASON_UNAVAILABLE: _ClassVar[Reason]
    REASON_INTERNAL: _ClassVar[Reason]
REASON_UNSPECIFIED: Reason
REASON_MESSAGE_TOO_LARGE: Reason
REASON_BAD_ADDRESS: Reason
REASON_BAD_KEY: Reason
REASON_NO_SUCH_ADDRESS: Reason
REASON_UNREACHABLE: Reason
REASON_NODE_CLOSED: Reason
REASON_NODE_DROPPED: Reason
REASON_DISPLACED: Reason
REASON_KEY_IN_USE_BY_DAEMON: Reason
REASON_UNSUPPORTED_OPTION: Reason
REASON_LIMIT_NODES: Reason
REASON_LIMIT_BYTES: Reason
REASON_LIMIT_RATE: Reason
REASON_OUTCOME_UNKNOWN: Reason
REASON_SESSION_EXPIRED: Reason
REASON_UNAUTHENTICATED: Reason
REASON_BAD_REQUEST: Reason
REASON_UNAVAILABLE: Reason
REASON_INTERNAL: Reason

class GenerateKeyRequest(_message.Message):
    __slots__ = ("algorithm",)
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    algorithm: str
    def __init__(self, algorithm: _Optional[str] = ...) -> None: ...

class GenerateKeyResponse(_message.Message):
    __slots__ = ("private_key", "public_key", "address", "address_text")
    PRIVATE_KEY_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    private_key: bytes
    public_key: bytes
    address: bytes
    address_text: str
    def __init__(self, private_key: _Optional[bytes] = ..., public_key: _Optional[bytes] = ..., address: _Optional[bytes] = ..., address_text: _Optional[str] = ...) -> None: ...

class NodeKey(_message.Message):
    __slots__ = ("private_key",)
    PRIVATE_KEY_FIELD_NUMBER: _ClassVar[int]
    private_key: bytes
    def __init__(self, private_key: _Optional[bytes] = ...) -> None: ...

class OpenOptions(_message.Message):
    __slots__ = ("inbox_bytes", "accept_lazily")
    INBOX_BYTES_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_LAZILY_FIELD_NUMBER: _ClassVar[int]
    inbox_bytes: int
    accept_lazily: bool
    def __init__(self, inbox_bytes: _Optional[int] = ..., accept_lazily: bool = ...) -> None: ...

class OpenRequest(_message.Message):
    __slots__ = ("key", "options")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    key: NodeKey
    options: OpenOptions
    def __init__(self, key: _Optional[_Union[NodeKey, _Mapping]] = ..., options: _Optional[_Union[OpenOptions, _Mapping]] = ...) -> None: ...

class OpenResponse(_message.Message):
    __slots__ = ("session", "address", "address_text", "public_key", "mtu", "lease")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    session: str
    address: bytes
    address_text: str
    public_key: bytes
    mtu: int
    lease: _duration_pb2.Duration
    def __init__(self, session: _Optional[str] = ..., address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., public_key: _Optional[bytes] = ..., mtu: _Optional[int] = ..., lease: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CloseRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CloseResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DropRequest(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: NodeKey
    def __init__(self, key: _Optional[_Union[NodeKey, _Mapping]] = ...) -> None: ...

class DropResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Datagram(_message.Message):
    __slots__ = ("address", "payload")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    payload: bytes
    def __init__(self, address: _Optional[bytes] = ..., payload: _Optional[bytes] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ("number", "reason")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    number: int
    reason: Reason
    def __init__(self, number: _Optional[int] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class ConnectRequest(_message.Message):
    __slots__ = ("open", "datagrams")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    DATAGRAMS_FIELD_NUMBER: _ClassVar[int]
    open: OpenRequest
    datagrams: _containers.RepeatedCompositeFieldContainer[Datagram]
    def __init__(self, open: _Optional[_Union[OpenRequest, _Mapping]] = ..., datagrams: _Optional[_Iterable[_Union[Datagram, _Mapping]]] = ...) -> None: ...

class ConnectResponse(_message.Message):
    __slots__ = ("opened", "datagrams", "accepted_through", "failed", "lost")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    DATAGRAMS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_THROUGH_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    opened: OpenResponse
    datagrams: _containers.RepeatedCompositeFieldContainer[Datagram]
    accepted_through: int
    failed: _containers.RepeatedCompositeFieldContainer[Failure]
    lost: int
    def __init__(self, opened: _Optional[_Union[OpenResponse, _Mapping]] = ..., datagrams: _Optional[_Iterable[_Union[Datagram, _Mapping]]] = ..., accepted_through: _Optional[int] = ..., failed: _Optional[_Iterable[_Union[Failure, _Mapping]]] = ..., lost: _Optional[int] = ...) -> None: ...

class SendRequest(_message.Message):
    __slots__ = ("address", "address_text", "payload")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    payload: bytes
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., payload: _Optional[bytes] = ...) -> None: ...

class SendResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReceiveRequest(_message.Message):
    __slots__ = ("max_datagrams", "wait")
    MAX_DATAGRAMS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    max_datagrams: int
    wait: _duration_pb2.Duration
    def __init__(self, max_datagrams: _Optional[int] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ReceiveResponse(_message.Message):
    __slots__ = ("datagrams",)
    DATAGRAMS_FIELD_NUMBER: _ClassVar[int]
    datagrams: _containers.RepeatedCompositeFieldContainer[ReceivedDatagram]
    def __init__(self, datagrams: _Optional[_Iterable[_Union[ReceivedDatagram, _Mapping]]] = ...) -> None: ...

class ReceivedDatagram(_message.Message):
    __slots__ = ("address", "address_text", "payload")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    payload: bytes
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ..., payload: _Optional[bytes] = ...) -> None: ...

class FindAddressRequest(_message.Message):
    __slots__ = ("prefix", "nbits")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    NBITS_FIELD_NUMBER: _ClassVar[int]
    prefix: bytes
    nbits: int
    def __init__(self, prefix: _Optional[bytes] = ..., nbits: _Optional[int] = ...) -> None: ...

class FindAddressResponse(_message.Message):
    __slots__ = ("address", "address_text")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ...) -> None: ...

class LookupPublicKeyRequest(_message.Message):
    __slots__ = ("address", "address_text")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    address: bytes
    address_text: str
    def __init__(self, address: _Optional[bytes] = ..., address_text: _Optional[str] = ...) -> None: ...

class LookupPublicKeyResponse(_message.Message):
    __slots__ = ("public_key",)
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    public_key: bytes
    def __init__(self, public_key: _Optional[bytes] = ...) -> None: ...
