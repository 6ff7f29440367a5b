"""The statements a lab Junos EX takes, as data: those of ELS switches that matric's templates and its lab need.

Source: Junos OS CLI reference (juniper.net/documentation, "Junos CLI Reference", the statements' pages) and the ELS
user guides for EX: Ethernet switching, port security, 802.1X, PoE. Written by us; nothing was captured from a device.

One statement a line, its place told by indentation, in the order in which a device shows them. What follows the name
says what kind it is:

    system              a container; ``then -`` is shown on one line where one leaf is in it
    user *              a list: its name is one word; ``route *-`` is shown on one line where one leaf is in it
    name-server **      a list whose members are shown together in one pair of braces
    host-name =         a leaf with one value: a later one replaces the earlier; ``=a|b`` takes these words only,
                        ``=1..100`` numbers in this range
    members []          a leaf with many values
    disable !           a leaf without value
    # =1..100           a value without a name (``interface-mac-limit { 2; }``)
"""

from matric.lab.junos_tree import schema

__all__ = ("SCHEMA",)

_STP = """
    bpdu-block-on-edge !
    bridge-priority =
    interface *
      priority =
      cost =
      mode =point-to-point|shared
      edge !
      no-root-port !
      bpdu-timeout-action
        alarm !
        block !
"""

SCHEMA = schema(
    f"""
version =
system
  host-name =
  domain-name =
  time-zone =
  no-redirects !
  location
    building =
  authentication-order []
  root-authentication
    encrypted-password =
    ssh-ed25519 *
  name-server **
  radius-server **
    port =1..65535
    secret =
    timeout =1..1000
    retry =1..100
    source-address =
  accounting
    events []
    destination
      radius
        server **
          secret =
  login
    message =
    announcement =
    retry-options
      tries-before-disconnect =1..10
      lockout-period =1..43200
    class *
      idle-timeout =0..4294967295
      permissions []
    user *
      full-name =
      uid =100..64000
      class =
      authentication
        encrypted-password =
        ssh-ed25519 *
        ssh-rsa *
  services
    ssh
      root-login =allow|deny|deny-password
      protocol-version []
      client-alive-count-max =0..255
      client-alive-interval =0..65535
      macs []
      connection-limit =1..250
      rate-limit =1..250
    telnet
      connection-limit =1..250
    netconf
      ssh
        port =1..65535
        connection-limit =1..250
      rfc-compliant !
    web-management
      http
        interface []
      https
        system-generated-certificate !
        interface []
    dhcp-local-server
      group *
        interface *
  syslog
    user *
      any *-
        emergency !
    host *
      any =any|emergency|alert|critical|error|warning|notice|info|none
      authorization =any|emergency|alert|critical|error|warning|notice|info|none
      interactive-commands =any|emergency|alert|critical|error|warning|notice|info|none
    file *
      any =any|emergency|alert|critical|error|warning|notice|info|none
      authorization =any|emergency|alert|critical|error|warning|notice|info|none
      interactive-commands =any|emergency|alert|critical|error|warning|notice|info|none
    source-address =
  max-configurations-on-flash =0..49
  ntp
    server *
      prefer !
    source-address *
chassis
  aggregated-devices
    ethernet
      device-count =1..512
  alarm
    management-ethernet
      link-down =ignore|red|yellow
interfaces *
  description =
  disable !
  mtu =256..9216
  native-vlan-id =0..4094
  ether-options
    802.3ad =
  gigether-options
    802.3ad =
  aggregated-ether-options
    minimum-links =1..64
    lacp
      active !
      passive !
      periodic =fast|slow
  unit *
    description =
    disable !
    family
      inet
        no-redirects !
        filter
          input =
          output =
        address *
        dhcp
      ethernet-switching
        interface-mode =access|trunk
        vlan
          members []
        filter
          input =
        storm-control =
        recovery-timeout =10..3600
snmp
  name =
  location =
  contact =
  community *
    authorization =read-only|read-write
    clients **
  v3
    usm
      local-engine
        user *
          authentication-sha
            authentication-password =
            authentication-key =
          privacy-aes128
            privacy-password =
            privacy-key =
    vacm
      security-to-group
        security-model *
          security-name *
            group =
      access
        group *
          default-context-prefix
            security-model *
              security-level *
                read-view =
                write-view =
                notify-view =
    target-address *
      address =
      tag-list =
      target-parameters =
    target-parameters *
      parameters
        message-processing-model =v1|v2c|v3
        security-model =usm|v1|v2c
        security-level =authentication|none|privacy
        security-name =
    notify *
      type =inform|trap
      tag =
  engine-id
    local =
    use-default-ip-address !
    use-mac-address !
  view *
    oid *-
      exclude !
      include !
forwarding-options
  storm-control-profiles *
    all
      bandwidth-percentage =1..100
      no-broadcast !
      no-multicast !
      no-unknown-unicast !
  dhcp-relay
    server-group **
      # *
    active-server-group =
    group *
      active-server-group =
      interface *
firewall
  family
    inet
      filter *
        term *
          from
            source-address **
            destination-address **
            protocol []
            source-port []
            destination-port []
            icmp-type []
            tcp-established !
          then -
            count =
            log !
            syslog !
            accept !
            discard !
            reject !
access
  radius-server **
    port =1..65535
    accounting-port =1..65535
    secret =
    timeout =1..1000
    retry =1..100
    source-address =
  profile *
    authentication-order []
    radius
      authentication-server []
      accounting-server []
    accounting
      order []
routing-options
  static
    route *-
      next-hop []
      no-readvertise !
  router-id =
protocols
  dot1x
    authenticator
      authentication-profile-name =
      interface **
        supplicant =single|single-secure|multiple
        retries =1..10
        quiet-period =0..65535
        transmit-period =1..65535
        mac-radius
          restrict !
        reauthentication =1..65535
        server-fail
          vlan-name =
        guest-vlan =
  igmp-snooping
    vlan *
  layer2-control
    bpdu-block
      disable-timeout =10..3600
  lldp
    port-id-subtype =interface-name|locally-assigned
    interface *
  lldp-med
    interface *
  mstp{_STP}    configuration-name =
    revision-level =0..65535
  rstp{_STP}  vstp{_STP}    vlan *
      bridge-priority =
switch-options
  interface *
    interface-mac-limit
      # =1..131071
      packet-action =drop|drop-and-log|log|none|shutdown
  voip
    interface *
      vlan =
      forwarding-class =
vlans *
  description =
  vlan-id =
  l3-interface =
  forwarding-options
    dhcp-security
      arp-inspection !
      ip-source-guard !
      group *
        overrides
          trusted !
          untrusted !
        interface *
      option-82
poe
  interface *
    disable !
    priority =low|high
"""
)
