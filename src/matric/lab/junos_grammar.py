"""The statements a lab Junos EX takes, as data. Source: Junos OS CLI reference for ELS switches, from memory; ours.

One statement a line, its place told by indentation. What follows the name says what kind it is:

    system              a container
    user *              a list: its name is one word; ``user *-`` is shown on one line where one leaf is in it
    host-name =         a leaf with one value: a later one replaces the earlier
    members []          a leaf with many values
    disable !           a leaf without value
"""

from matric.lab.junos_tree import schema

__all__ = ("SCHEMA",)

SCHEMA = schema(
    """
version =
system
  host-name =
  domain-name =
  time-zone =
  location
    building =
  authentication-order []
  root-authentication
    encrypted-password =
    ssh-ed25519 *
  name-server *
  radius-server *
    secret =
    port =
    timeout =
    retry =
    source-address =
  login
    message =
    announcement =
    retry-options
      tries-before-disconnect =
      lockout-period =
    class *
      idle-timeout =
      permissions []
    user *
      full-name =
      uid =
      class =
      authentication
        encrypted-password =
        ssh-ed25519 *
        ssh-rsa *
  services
    ssh
      root-login =
      protocol-version =
      connection-limit =
    netconf
      ssh
        port =
        connection-limit =
      rfc-compliant !
    dhcp-local-server
      group *
        interface *
  syslog
    user *
      any *-
        emergency !
    host *
      any =
      authorization =
      interactive-commands =
    file *
      any =
      authorization =
      interactive-commands =
  ntp
    server *
      prefer !
  max-configurations-on-flash =
chassis
  aggregated-devices
    ethernet
      device-count =
  alarm
    management-ethernet
      link-down =
interfaces *
  description =
  disable !
  mtu =
  native-vlan-id =
  ether-options
    802.3ad =
  gigether-options
    802.3ad =
  aggregated-ether-options
    minimum-links =
    lacp
      active !
      passive !
      periodic =
  unit *
    description =
    disable !
    family
      inet
        address *
        dhcp
        filter
          input =
          output =
      ethernet-switching
        interface-mode =
        vlan
          members []
        storm-control =
        recovery-timeout =
        filter
          input =
vlans *
  description =
  vlan-id =
  l3-interface =
  forwarding-options
    dhcp-security
      option-82
      arp-inspection !
      ip-source-guard !
      group *
        overrides
          trusted !
          untrusted !
        interface *
routing-options
  static
    route *-
      next-hop []
      no-readvertise !
  router-id =
forwarding-options
  storm-control-profiles *
    all
      bandwidth-percentage =
firewall
  family
    inet
      filter *
        term *
          from
            source-address *
            destination-address *
            protocol []
            destination-port []
            source-port []
          then
            accept !
            discard !
            reject !
            count =
            log !
access
  radius-server *
    secret =
    port =
    timeout =
    retry =
    source-address =
  profile *
    authentication-order []
    radius
      authentication-server []
      accounting-server []
protocols
  lldp
    port-id-subtype =
    interface *
  lldp-med
    interface *
  rstp
    bridge-priority =
    bpdu-block-on-edge !
    interface *
      edge !
      mode =
      cost =
      no-root-port !
  dot1x
    authenticator
      authentication-profile-name =
      interface *
        supplicant =
        mac-radius
          restrict !
        server-fail
          vlan-name =
        guest-vlan =
        reauthentication =
  igmp-snooping
    vlan *
poe
  interface *
    disable !
    priority =
switch-options
  voip
    interface *
      vlan =
      forwarding-class =
snmp
  name =
  location =
  contact =
  community *
    authorization =
    clients *
  v3
    usm
      local-engine
        user *
          authentication-sha
            authentication-key =
          privacy-aes128
            privacy-key =
"""
)
