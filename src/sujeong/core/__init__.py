"""The core: values, variables, operations, random keys, trees and modes. It computes nothing itself."""
