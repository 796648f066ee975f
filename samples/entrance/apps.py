from console.capabilities.config import CapabilityConfig


class EntranceConfig(CapabilityConfig):
    name = "samples.entrance"
    label = "demonstration_entrance"
    verbose_name = "Entrance of the demonstration"
