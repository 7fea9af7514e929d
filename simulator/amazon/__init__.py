"""Amazon, simulated on this machine: Seller Central, Login with Amazon and the Selling Partner API.

Imports nothing of the product, and is reached by HTTP only, so that it cannot be wrong in the same way.
"""

from simulator.amazon.seller_central.lwa import Application
from simulator.amazon.server import Exchange, Simulator

__all__ = ["Application", "Exchange", "Simulator"]
